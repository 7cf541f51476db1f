/** An account at an app, as far as connections are recognized by it. */
export interface AccountKey {
  id: string
  /** Where the id was read: its paths, joined by spaces. */
  idFrom: string
  parts: readonly IdPart[]
}

export interface IdPart {
  path: string
  /** Exactly as it was sent. */
  text: string
  /** Whether it was sent as a JSON number. Earlier versions rounded large ones. */
  isNumber: boolean
}

/** Returns the key of an account whose id has these parts, the most specific one last. */
export function accountKey(parts: readonly IdPart[]): AccountKey {
  return { id: joined(parts), idFrom: parts.map(({ path }) => path).join(' '), parts }
}

/**
 * Returns whether a stored connection belongs to an account.
 *
 * 1. It has the same id.
 * 2. It was stored when the id was read from some of today's paths, and these have the stored id.
 * 3. An earlier version stored it, which only knew ids of one part: the last one of today. It rounded numbers.
 */
export function isOfAccount(
  stored: { accountId: string | null; accountIdFrom: string | null },
  { id, idFrom, parts }: AccountKey,
): boolean {
  const { accountId, accountIdFrom } = stored
  if (accountId === null) return false
  if (accountId === id) return true
  if (accountIdFrom === idFrom) return false
  if (accountIdFrom !== null) {
    const then = accountIdFrom.split(' ').map((path) => parts.find((part) => part.path === path))
    return then.every((part) => part !== undefined) && joined(then) === accountId
  }
  const last = parts.at(-1)
  return last !== undefined && (last.text === accountId || (last.isNumber && String(Number(last.text)) === accountId))
}

/**
 * Conditions for connections that may be of the same account as a stored id, including those that were stored with
 * other parts. Of two accounts, it may find both.
 */
export function possiblySameAccount(accountId: string) {
  const last = accountId.split('/').at(-1) ?? accountId
  return {
    OR: [
      { accountId: { in: [accountId, decoded(last)] } },
      { accountId: { endsWith: `/${encodeURIComponent(accountId)}` } },
    ],
  }
}

/** One part is the id itself. Several are encoded, so that no two lists have the same id. */
function joined(parts: readonly IdPart[]): string {
  const [first] = parts
  if (parts.length === 1 && first) return first.text
  return parts.map(({ text }) => encodeURIComponent(text)).join('/')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
