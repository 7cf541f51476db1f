import { GraphQLError } from 'graphql'

const DEFAULT_SIZE = 20
const MAX_SIZE = 100

/**
 * One page of a list held in memory, as a Relay connection. Cursors name the item before the page, so pages stay right
 * while items are added; a cursor whose item is gone starts from the beginning.
 */
export function pageOf<T>(
  items: readonly T[],
  { first, after }: { first?: number | null | undefined; after?: string | null | undefined },
  keyOf: (item: T) => string,
) {
  const size = first ?? DEFAULT_SIZE
  if (size < 0 || size > MAX_SIZE) {
    throw new GraphQLError(`first must be between 0 and ${MAX_SIZE}.`, { extensions: { code: 'BAD_USER_INPUT' } })
  }
  const cursorOf = (item: T) => Buffer.from(keyOf(item)).toString('base64url')
  const start = after == null ? 0 : items.findIndex((item) => cursorOf(item) === after) + 1
  const page = items.slice(start, start + size)
  const edges = page.map((node) => ({ node, cursor: cursorOf(node) }))
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasPreviousPage: start > 0,
      hasNextPage: start + size < items.length,
    },
  }
}
