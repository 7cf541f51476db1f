import { secretBinding } from '../credential/authorization-secret.js'
import { credentialsBinding } from '../credential/client-credentials.js'
import { tokensBinding } from '../credential/tokens.js'
import type { Db } from '../db.js'
import type { SealBinding } from '../ports/vault.js'
import { secretsBinding } from '../webhook/secrets.js'

export interface SealedRow {
  /** The row's primary key. */
  key: string
  sealed: Uint8Array<ArrayBuffer>
  binding: SealBinding
}

/** A table's column `sealed`. */
export interface SealedColumn {
  table: string
  /** The name of its primary key column. */
  key: string
  keyType: 'uuid' | 'text'
  /** Returns the rows with these primary keys that still exist, and what each one is bound to. */
  read(db: Db, keys: string[]): Promise<SealedRow[]>
}

/** Every column that the vault seals. Records move from earlier columns of this list to later ones, never back. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  {
    table: 'ConnectorCredential',
    key: 'connectorSlug',
    keyType: 'text',
    async read(db, keys) {
      const rows = await db.connectorCredential.findMany({ where: { connectorSlug: { in: keys } } })
      return rows.map(({ connectorSlug: key, sealed }) => ({ key, sealed, binding: credentialsBinding(key) }))
    },
  },
  {
    table: 'AuthorizationSecret',
    key: 'authorizationId',
    keyType: 'uuid',
    async read(db, keys) {
      const owner = { select: { id: true, userId: true, user: { select: { organization: true } } } }
      const rows = await db.authorizationSecret.findMany({
        where: { authorizationId: { in: keys } },
        select: { authorizationId: true, sealed: true, authorization: owner },
      })
      return rows.map(({ authorizationId: key, sealed, authorization }) => {
        return { key, sealed, binding: secretBinding(authorization) }
      })
    },
  },
  {
    table: 'AuthorizationTokens',
    key: 'authorizationId',
    keyType: 'uuid',
    async read(db, keys) {
      const owner = { select: { userId: true, user: { select: { organization: true } } } }
      const rows = await db.authorizationTokens.findMany({
        where: { authorizationId: { in: keys } },
        select: { authorizationId: true, sealed: true, authorization: owner },
      })
      return rows.map(({ authorizationId: key, sealed, authorization: { userId, user } }) => {
        return { key, sealed, binding: tokensBinding({ ...user, userId, recordId: key }) }
      })
    },
  },
  {
    table: 'ConnectionToken',
    key: 'connectionId',
    keyType: 'uuid',
    async read(db, keys) {
      const owner = { select: { userId: true, user: { select: { organization: true } } } }
      const rows = await db.connectionToken.findMany({
        where: { connectionId: { in: keys } },
        select: { connectionId: true, sealed: true, connection: owner },
      })
      return rows.map(({ connectionId: key, sealed, connection: { userId, user } }) => {
        return { key, sealed, binding: tokensBinding({ ...user, userId, recordId: key }) }
      })
    },
  },
  {
    table: 'Revocation',
    key: 'id',
    keyType: 'uuid',
    async read(db, keys) {
      const rows = await db.revocation.findMany({ where: { id: { in: keys } } })
      return rows.map((row) => ({ key: row.id, sealed: row.sealed, binding: tokensBinding(row) }))
    },
  },
  {
    table: 'WebhookEndpoint',
    key: 'id',
    keyType: 'uuid',
    async read(db, keys) {
      const rows = await db.webhookEndpoint.findMany({ where: { id: { in: keys } } })
      return rows.map(({ id: key, sealed }) => ({ key, sealed, binding: secretsBinding(key) }))
    },
  },
]
