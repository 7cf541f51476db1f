/** What decides which of a user's accounts a token is of. */
export interface Choice<T extends { id: string }> {
  /** The account that the caller named, if it did. */
  connectionId: string | null
  /** Whether a setup or a skill was named, so that the step's own connection is meant. */
  step: boolean
  /** What the step is bound to: undefined when it is not, null when that connection is gone. */
  boundTo: string | null | undefined
  /** The default first. */
  connections: readonly T[]
}

/**
 * The connection that is meant: the named one, else the one that the step shows, else the only one. Nobody's mail is sent
 * from whichever account happens to come first.
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
