import { texts } from '../texts.js'

/** What a connection's account is called, such as its email address, or the address and a workspace. */
export function accountLabel(
  connection: { account?: { id: string; label?: string | null } | null } | undefined,
): string {
  return withDots(connection?.account?.label ?? connection?.account?.id ?? texts.connections.unknownAccount)
}

/** Keeps a dot between two parts together with the second one, so that no line ends with it. */
export function withDots(label: string): string {
  return label.replaceAll(' · ', ' ·\u00a0')
}
