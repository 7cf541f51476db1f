/** The facts that decide which of a user's accounts to use. */
export interface Choice<T extends { id: string }> {
  /** The account that the caller named, if it did. */
  connectionId: string | null
  /** Whether the caller named a setup or a skill, so that its step decides. */
  step: boolean
  /** The connection that the step is bound to. Undefined if it isn't bound, null if that connection is gone. */
  boundTo: string | null | undefined
  /** The default comes first. */
  connections: readonly T[]
}

/**
 * Returns the connection to use: the named one, otherwise the one that the step shows, otherwise the only one. If there
 * are several, it doesn't guess, so that no email is sent from the wrong account.
 */
export function chooseCandidate<T extends { id: string }>(
  choice: Choice<T>,
): T | 'NOT_CONNECTED' | 'AMBIGUOUS_CONNECTION' {
  const { connectionId, step, boundTo, connections } = choice
  const named = connectionId ?? boundTo
  if (named != null) return connections.find(({ id }) => id === named) ?? 'NOT_CONNECTED'
  // A bound step never falls back to another account.
  if (boundTo === null) return 'NOT_CONNECTED'
  const [first, ...others] = connections
  if (!first) return 'NOT_CONNECTED'
  return step || others.length === 0 ? first : 'AMBIGUOUS_CONNECTION'
}
