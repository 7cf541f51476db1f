import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { type SealBinding, VaultError } from '../../src/domain/vault/vault.js'
import { createKeyRing } from '../../src/vault/key-ring.js'
import { createLocalVault } from '../../src/vault/local-vault.js'

const newKey = () => randomBytes(32).toString('base64')
const binding: SealBinding = {
  organization: 'northwind',
  userId: 'user-1',
  recordId: 'connection-1',
  field: 'connection.tokens',
}

test('what was sealed opens with the same binding', async () => {
  const vault = createLocalVault(createKeyRing([newKey()]))
  const sealed = await vault.seal('a token — ü', binding)
  expect(Buffer.from(sealed).includes('a token')).toBe(false)
  expect(await vault.open(sealed, binding)).toBe('a token — ü')
})

test.each<[string, Partial<SealBinding>]>([
  ['organization', { organization: 'southwind' }],
  ['user', { userId: 'user-2' }],
  ['record', { recordId: 'connection-2' }],
  ['field', { field: 'authorization.secret' }],
  ['parts that read the same when joined', { organization: 'northwindu', userId: 'ser-1' }],
])('T1: a record moved to another %s does not open', async (_what, change) => {
  const vault = createLocalVault(createKeyRing([newKey()]))
  const sealed = await vault.seal('token', binding)
  await expect(vault.open(sealed, { ...binding, ...change })).rejects.toThrow(VaultError)
})

test('T2: a record with any byte changed, or cut anywhere, does not open', async () => {
  const vault = createLocalVault(createKeyRing([newKey()]))
  const sealed = await vault.seal('token', binding)
  for (let index = 0; index < sealed.length; index++) {
    const changed = sealed.slice()
    changed[index] = (changed[index] ?? 0) ^ 1
    await expect(vault.open(changed, binding), `byte ${index}`).rejects.toThrow(VaultError)
    await expect(vault.open(sealed.slice(0, index), binding), `cut at ${index}`).rejects.toThrow(VaultError)
  }
})

test('a key that is no longer active still opens; an unknown one is told apart from damage', async () => {
  const [oldKey, newer] = [newKey(), newKey()]
  const sealed = await createLocalVault(createKeyRing([oldKey])).seal('token', binding)
  expect(await createLocalVault(createKeyRing([newer, oldKey])).open(sealed, binding)).toBe('token')
  const error = await createLocalVault(createKeyRing([newer]))
    .open(sealed, binding)
    .catch((error) => error)
  expect(error).toMatchObject({ code: 'UNKNOWN_KEY' })
})

test('no two records share a data key or an initialization vector', async () => {
  const vault = createLocalVault(createKeyRing([newKey()]))
  const parts = new Set<string>()
  for (let count = 0; count < 2_000; count++) {
    const sealed = Buffer.from(await vault.seal('same', binding))
    parts.add(sealed.subarray(9, 21).toString('hex')).add(sealed.subarray(69, 81).toString('hex'))
  }
  expect(parts.size).toBe(4_000)
})

test('a key ring refuses keys that are not 256 bits, without telling them', () => {
  const short = randomBytes(16).toString('base64')
  expect(() => createKeyRing([newKey(), short])).toThrow(/vault key 2 is not 256 bits/)
  expect(() => createKeyRing([short])).not.toThrow(short)
  expect(() => createKeyRing([])).toThrow(/empty/)
})
