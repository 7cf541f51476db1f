import { isOfAccount } from '../ports/account-key.js'
import type { ExternalAccount } from '../ports/oauth-client.js'

/** A connection, as far as it decides whether new tokens belong to it. */
export interface KnownConnection {
  readonly id: string
  readonly accountId: string | null
  readonly accountIdFrom: string | null
}

/**
 * Returns the connection that an account's tokens belong to: the one to repair, or the existing one of the same account, also if its id has an earlier form.
 * A provider without account identity allows one connection per connector.
 * @param connections the user's connections of the connector
 */
export function connectionToKeep(
  connections: readonly KnownConnection[],
  targetConnectionId: string | null,
  account: ExternalAccount | null,
): KnownConnection | undefined {
  return (
    connections.find(({ id }) => id === targetConnectionId) ??
    connections.find(({ accountId }) => !account || accountId === account.id) ??
    connections.find((connection) => account && isOfAccount(connection, account))
  )
}
