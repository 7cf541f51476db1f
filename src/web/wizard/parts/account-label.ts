import { texts } from '../texts.js'

/** What a connection's account is called, such as its email address, or the address and a workspace. */
export function accountLabel(
  connection: { account?: { id: string; label?: string | null } | null } | undefined,
): string {
  return withDots(connection?.account?.label ?? connection?.account?.id ?? texts.connections.unknownAccount)
}

/** The parts of an account's label that say something. */
export function accountParts(label: string): string[] {
  return label
    .split(/(?:^|\s)·(?:\s|$)/u)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Keeps a dot between two parts together with the second one, so that no line of a sentence ends with it. */
export function withDots(label: string): string {
  return accountParts(label).join(' ·\u00a0')
}
