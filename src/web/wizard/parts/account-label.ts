import { texts } from '../texts.js'

/** What a connection's account is called, such as its email address. */
export function accountLabel(
  connection: { account?: { id: string; label?: string | null } | null } | undefined,
): string {
  return connection?.account?.label ?? connection?.account?.id ?? texts.connections.unknownAccount
}
