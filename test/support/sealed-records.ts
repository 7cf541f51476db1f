import { randomBytes, randomUUID } from 'node:crypto'
import { type AuthorizationSecret, sealSecret } from '../../src/domain/credential/authorization-secret.js'
import { credentialsBinding } from '../../src/domain/credential/client-credentials.js'
import { sealTokens } from '../../src/domain/credential/tokens.js'
import type { Vault } from '../../src/domain/ports/vault.js'
import { SEALED_COLUMNS, type SealedRow } from '../../src/domain/rewrap/sealed-columns.js'
import { createEnvelopeVault } from '../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../src/vault/key-ring.js'
import type { TestDatabase } from './database.js'
import { insertRows } from './insert-rows.js'

export const newKey = () => randomBytes(32).toString('base64')
export const vaultOf = (...keys: string[]) => createEnvelopeVault(createKeyRing(keys))
export const keyIdOf = (key: string) => createKeyRing([key]).activeKeyId

const ORGANIZATION = 'northwind'

/**
 * Creates a user with this many connections, and a tenth as many open authorizations and tokens to revoke, sealed by
 * this vault.
 */
export async function sealMany({ db }: Pick<TestDatabase, 'db'>, vault: Vault, count: number) {
  const now = new Date()
  const later = new Date(now.getTime() + 3_600_000)
  const userId = randomUUID()
  const owner = { organization: ORGANIZATION, userId }
  const few = Math.ceil(count / 10)
  await db.user.create({
    data: { id: userId, issuer: 'test', subject: userId, organization: ORGANIZATION, createdAt: now },
  })
  const connectionIds: string[] = Array.from({ length: count }, () => randomUUID()).sort()
  await insertRows(
    db,
    'Connection',
    connectionIds.map((id) => ({
      id,
      userId,
      connectorSlug: 'acme-mail',
      status: 'LIVE',
      accountId: id,
      grantedScopes: [],
      connectedAt: now,
      authorizedAt: now,
      refreshable: true,
    })),
  )
  const tokens = (version: number) => ({ accessToken: `access-${version}`, refreshToken: null })
  const sealedTokens = await Promise.all(
    connectionIds.map(async (connectionId) => ({
      connectionId,
      sealed: await sealTokens(vault, { ...owner, recordId: connectionId }, tokens(1)),
    })),
  )
  await insertRows(db, 'ConnectionToken', sealedTokens)
  const attemptIds = Array.from({ length: few }, () => randomUUID())
  await insertRows(
    db,
    'Authorization',
    attemptIds.map((id) => ({
      id,
      userId,
      connectorSlug: 'acme-mail',
      status: 'OPENED',
      binding: 'BROWSER',
      display: 'POPUP',
      scopes: [],
      stateHash: randomBytes(32),
      createdAt: now,
      expiresAt: later,
    })),
  )
  const secret: AuthorizationSecret = { state: 'a-state', codeVerifier: 'a-verifier' }
  const secrets = attemptIds.map(async (id) => ({
    authorizationId: id,
    sealed: await sealSecret(vault, { id, userId, user: owner }, secret),
  }))
  await insertRows(db, 'AuthorizationSecret', await Promise.all(secrets))
  const kept = attemptIds.map(async (authorizationId) => ({
    authorizationId,
    sealed: await sealTokens(vault, { ...owner, recordId: authorizationId }, tokens(1)),
  }))
  await insertRows(db, 'AuthorizationTokens', await Promise.all(kept))
  const revocations = Array.from({ length: few }, async () => {
    const recordId = randomUUID()
    const sealed = await sealTokens(vault, { ...owner, recordId }, tokens(1))
    return { connectorSlug: 'acme-mail', ...owner, recordId, sealed, createdAt: now, dueAt: later }
  })
  await insertRows(db, 'Revocation', await Promise.all(revocations))
  return { owner, connectionIds, tokens }
}

/** Seals the credentials of every connector again with this vault. */
export async function resealCredentials({ db }: Pick<TestDatabase, 'db'>, present: Vault, vault: Vault): Promise<void> {
  for (const { connectorSlug, sealed } of await db.connectorCredential.findMany()) {
    const binding = credentialsBinding(connectorSlug)
    const resealed = await vault.seal(await present.open(sealed, binding), binding)
    await db.connectorCredential.update({ where: { connectorSlug }, data: { sealed: resealed } })
  }
}

/** Every sealed row that Patchbay knows. */
export async function everySealedRow({ db }: Pick<TestDatabase, 'db'>): Promise<(SealedRow & { table: string })[]> {
  const columns = SEALED_COLUMNS.map(async ({ table, key, read }) => {
    const keys = await db.$queryRawUnsafe<{ key: string }[]>(`SELECT "${key}"::text AS key FROM "${table}"`)
    const rows = await read(
      db,
      keys.map((row) => row.key),
    )
    return rows.map((row) => ({ ...row, table }))
  })
  return (await Promise.all(columns)).flat()
}

/** The number of rows in a table that the vault's active key has wrapped. */
export async function wrappedByActive(
  { db }: Pick<TestDatabase, 'db'>,
  { activePrefix }: Vault,
  table: string,
): Promise<number> {
  const prefix = Buffer.from(activePrefix).toString('hex')
  const [row] = await db.$queryRawUnsafe<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM "${table}" WHERE encode(sealed, 'hex') LIKE '${prefix}%'`,
  )
  return row?.count ?? 0
}
