import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type SealBinding, VaultError } from '../../src/domain/ports/vault.js'
import { createEnvelopeVault } from '../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../src/vault/key-ring.js'
import type { KeyService } from '../../src/vault/key-service.js'
import { codePoint } from '../support/code-point.js'
import { count, record } from '../support/counts.js'

const newKey = () => randomBytes(32).toString('base64')
const vaultOf = (...keys: string[]) => createEnvelopeVault(createKeyRing(keys))
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'opened',
    (error) => error,
  )
const damaged = { name: 'VaultError', code: 'DAMAGED', retryable: false }

const binding: SealBinding = {
  organization: 'northwind',
  userId: 'user-1',
  recordId: 'connection-1',
  field: 'connection.tokens',
}

const bindings = fc.record<SealBinding>({
  organization: fc.string({ unit: codePoint, maxLength: 20 }),
  userId: fc.string({ maxLength: 20 }),
  recordId: fc.string({ maxLength: 20 }),
  field: fc.constantFrom('connection.tokens', 'authorization.secret', 'connector.credentials'),
})

/** Ids and wrapped keys like those of a service over a network: long, and of different lengths. */
function remoteKeys(activeKeyId = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab') {
  const ring = createKeyRing([newKey()])
  const service: KeyService = {
    activeKeyId,
    async wrap(dataKey, additionalData) {
      expect([dataKey.length, additionalData.length]).toEqual([32, 32])
      const surplus = dataKey[0] ?? 0
      return Buffer.concat([await ring.wrap(dataKey, additionalData), Buffer.alloc(surplus, surplus)])
    },
    async unwrap(keyId, wrapped, additionalData) {
      if (keyId !== activeKeyId) throw new VaultError('UNKNOWN_KEY', { keyId })
      const surplus = wrapped.subarray(60)
      if (surplus.some((byte) => byte !== surplus.length)) throw new VaultError('DAMAGED', { keyId })
      return ring.unwrap(ring.activeKeyId, wrapped.subarray(0, 60), additionalData)
    },
  }
  return service
}

test('a sealed text opens with the same binding, whatever the text is', async () => {
  const vaults = [
    vaultOf(newKey()),
    createEnvelopeVault(remoteKeys()),
    createEnvelopeVault(remoteKeys('k'.repeat(255))),
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme' }),
      bindings,
      fc.constantFrom(...vaults),
      async (text, binding, vault) => {
        const sealed = await vault.seal(text, binding)
        if (text.length > 8) expect(Buffer.from(sealed).includes(text)).toBe(false)
        expect(Buffer.from(sealed).indexOf(vault.activePrefix)).toBe(0)
        expect(await vault.open(sealed, binding)).toBe(text)
      },
    ),
  )
})

test('T1: a record neither opens nor is rewrapped with any other binding', async () => {
  const [key, newer] = [newKey(), newKey()]
  const [vault, rotated] = [vaultOf(key), vaultOf(newer, key)]
  await fc.assert(
    fc.asyncProperty(bindings, bindings, async (own, other) => {
      fc.pre(JSON.stringify(own) !== JSON.stringify(other))
      const sealed = await vault.seal('token', own)
      expect(await failureOf(vault.open(sealed, other))).toMatchObject(damaged)
      expect(await failureOf(rotated.rewrap(sealed, other))).toMatchObject(damaged)
    }),
  )
  const joined = { ...binding, organization: 'northwindu', userId: 'ser-1' }
  expect(await failureOf(vault.open(await vault.seal('token', binding), joined))).toMatchObject(damaged)
})

test('T1: the wrapped key of one record does not open the body of another', async () => {
  const vault = vaultOf(newKey())
  const [one, other] = [await vault.seal('one', binding), await vault.seal('two', binding)]
  const bodyAt = vault.activePrefix.length + 2 + 60
  const mixed = Buffer.concat([one.subarray(0, bodyAt), other.subarray(bodyAt)])
  expect(await failureOf(vault.open(mixed, binding))).toMatchObject(damaged)
})

test('T2: a record with any byte changed, cut short or extended does not open', async () => {
  for (const vault of [vaultOf(newKey()), createEnvelopeVault(remoteKeys())]) {
    const sealed = await vault.seal('token', binding)
    for (let index = 0; index < sealed.length; index++) {
      for (let bit = 0; bit < count(8, 1); bit++) {
        const changed = sealed.slice()
        changed[index] = (changed[index] ?? 0) ^ (1 << bit)
        expect(await failureOf(vault.open(changed, binding)), `byte ${index}, bit ${bit}`).toBeInstanceOf(VaultError)
      }
      const cut = sealed.slice(0, index)
      expect(await failureOf(vault.open(cut, binding)), `cut at ${index}`).toMatchObject(damaged)
    }
    const longer = Uint8Array.of(...sealed, 0)
    expect(await failureOf(vault.open(longer, binding))).toBeInstanceOf(VaultError)
  }
})

test('T2: bytes that were never sealed do not open', async () => {
  const vault = vaultOf(newKey())
  const prefixed = fc.uint8Array({ maxLength: 300 }).map((bytes) => Uint8Array.of(...vault.activePrefix, ...bytes))
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), prefixed), async (bytes) => {
      expect(await failureOf(vault.open(bytes, binding))).toBeInstanceOf(VaultError)
    }),
  )
})

test('a key that is no longer active still opens records, until they are rewrapped and no longer need it', async () => {
  const [old, newer] = [newKey(), newKey()]
  const rotated = vaultOf(newer, old)
  const sealed = await vaultOf(old).seal('token', binding)
  expect(await rotated.open(sealed, binding)).toBe('token')
  const rewrapped = await rotated.rewrap(sealed, binding)
  expect(await vaultOf(newer).open(rewrapped, binding)).toBe('token')
  const body = -(12 + 'token'.length + 16)
  expect(rewrapped.slice(body)).toEqual(sealed.slice(body))
  expect(await rotated.rewrap(rewrapped, binding)).toBe(rewrapped)
})

test('records can be rewrapped from the key ring to a key service and back', async () => {
  const key = newKey()
  const [ring, remote] = [createKeyRing([key]), remoteKeys()]
  const unwrap: KeyService['unwrap'] = (keyId, ...rest) =>
    keyId === ring.activeKeyId ? ring.unwrap(keyId, ...rest) : remote.unwrap(keyId, ...rest)
  const [toRemote, toRing] = [createEnvelopeVault({ ...remote, unwrap }), createEnvelopeVault({ ...ring, unwrap })]
  const sealed = await vaultOf(key).seal('token', binding)
  const moved = await toRemote.rewrap(sealed, binding)
  expect(await createEnvelopeVault(remote).open(moved, binding)).toBe('token')
  expect(await vaultOf(key).open(await toRing.rewrap(moved, binding), binding)).toBe('token')
})

test('a damaged record is not rewrapped, because it would then look intact', async () => {
  const [old, newer] = [newKey(), newKey()]
  const sealed = await vaultOf(old).seal('token', binding)
  sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1
  expect(await failureOf(vaultOf(newer, old).rewrap(sealed, binding))).toMatchObject(damaged)
})

test('T4: an unknown key is a retryable error, unlike damage, and names the key and what to do', async () => {
  const [key, other] = [newKey(), newKey()]
  const sealed = await vaultOf(key).seal('token', binding)
  const vault = vaultOf(other)
  const keyId = createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex').slice(0, 16)
  for (const failure of [
    await failureOf(vault.open(sealed, binding)),
    await failureOf(vault.rewrap(sealed, binding)),
  ]) {
    expect(failure).toMatchObject({ name: 'VaultError', code: 'UNKNOWN_KEY', retryable: true, keyId })
    expect(String(failure)).toMatch(/PATCHBAY_KEYS/)
    expect(String(failure)).toContain(keyId)
    expect(String(failure)).not.toContain(key)
  }
})

test('T4: an error from a key service means that it is unavailable, not that the record is damaged', async () => {
  const cause = new Error('ECONNREFUSED')
  const told: VaultError[] = []
  const keys = { ...createKeyRing([newKey()]) }
  const vault = createEnvelopeVault(keys, (error) => void told.push(error))
  const sealed = await vault.seal('token', binding)
  keys.unwrap = () => Promise.reject(cause)
  keys.wrap = () => {
    throw cause
  }
  const down = { name: 'VaultError', code: 'KEY_SERVICE_UNAVAILABLE', retryable: true, cause }
  expect(await failureOf(vault.open(sealed, binding))).toMatchObject(down)
  expect(await failureOf(vault.seal('token', binding))).toMatchObject(down)
  expect(told).toMatchObject([down, down])
})

test('T5: no data key and no initialization vector repeats', { timeout: 600_000 }, async () => {
  const sealings = count(1_000_000, 5_000)
  const ring = createKeyRing([newKey()])
  const dataKeys = new Set<string>()
  const vectors = new Set<string>()
  const vault = createEnvelopeVault({
    ...ring,
    wrap(dataKey, additionalData) {
      dataKeys.add(Buffer.from(dataKey).toString('latin1'))
      return ring.wrap(dataKey, additionalData)
    },
  })
  const keyAt = vault.activePrefix.length + 2
  const bodyAt = keyAt + 60
  for (let sealing = 0; sealing < sealings; sealing++) {
    const sealed = Buffer.from(await vault.seal('same', binding))
    vectors.add(sealed.toString('latin1', keyAt, keyAt + 12)).add(sealed.toString('latin1', bodyAt, bodyAt + 12))
  }
  record('T5', 'the same record sealed again and again', {
    sealings,
    'data keys that repeat': sealings - dataKeys.size,
    'IVs that repeat': 2 * sealings - vectors.size,
  })
  expect([dataKeys.size, vectors.size]).toEqual([sealings, 2 * sealings])
})

test('a key ring refuses keys that are not 256 bits, without revealing them', () => {
  const short = randomBytes(16).toString('base64')
  expect(() => createKeyRing([newKey(), short])).toThrow(/vault key 2 is not 256 bits/)
  expect(() => createKeyRing([short])).not.toThrow(short)
  expect(() => createKeyRing([])).toThrow(/empty/)
})
