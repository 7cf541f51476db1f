import { GraphQLError } from 'graphql'

export const PAGE_SIZE = 20
export const MAX_PAGE_SIZE = 100

/**
 * Returns one page of a list in memory, as a Relay connection. A cursor names the item before the page, so pages remain
 * right while items are added. If that item is gone, the page starts from the beginning.
 */
export function pageOf<T>(
  items: readonly T[],
  { first, after }: { first?: number | null | undefined; after?: string | null | undefined },
  keyOf: (item: T) => string,
) {
  const size = sizeOf(first)
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

/**
 * Returns one page of a list in the database, as a Relay connection. A cursor holds a position in the list's order, not
 * an item, so pages remain right if items disappear or no longer match the filter.
 * @param read reads the given number of items, after a position if there is one
 */
export async function pageBehind<T>(
  { first, after }: { first?: number | null | undefined; after?: string | null | undefined },
  read: (take: number, behind: bigint | undefined) => Promise<T[]>,
  positionOf: (item: T) => bigint,
) {
  const size = sizeOf(first)
  const items = await read(size + 1, after == null ? undefined : positionIn(after))
  const edges = items
    .slice(0, size)
    .map((node) => ({ node, cursor: Buffer.from(String(positionOf(node))).toString('base64url') }))
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasPreviousPage: after != null,
      hasNextPage: items.length > size,
    },
  }
}

function positionIn(cursor: string): bigint {
  const text = Buffer.from(cursor, 'base64url').toString()
  if (/^\d{1,18}$/.test(text)) return BigInt(text)
  throw new GraphQLError('after isn’t a cursor of this list.', { extensions: { code: 'BAD_USER_INPUT' } })
}

function sizeOf(first: number | null | undefined): number {
  const size = first ?? PAGE_SIZE
  if (size >= 0 && size <= MAX_PAGE_SIZE) return size
  throw new GraphQLError(`first must be between 0 and ${MAX_PAGE_SIZE}.`, { extensions: { code: 'BAD_USER_INPUT' } })
}
