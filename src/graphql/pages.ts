import { GraphQLError } from 'graphql'
import { SLUG } from '../domain/formats.js'

export const PAGE_SIZE = 20
export const MAX_PAGE_SIZE = 100

/**
 * Returns one page of a list in memory, as a Relay connection. A cursor names the item before the page, so pages remain
 * right while items are added. If that item is gone, the page starts from the beginning.
 * @param keyOf returns a slug or a UUID
 * @throws GraphQLError if the arguments can't be used
 */
export function pageOf<T>(
  items: readonly T[],
  { first, after }: Pick<PageArgs, 'first' | 'after'>,
  keyOf: (item: T) => string,
) {
  const size = sizeOf(first)
  if (after != null && !SLUG.test(contentOf(after))) throw notACursor('after')
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
  { first, after }: Pick<PageArgs, 'first' | 'after'>,
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

/** Which items of a list a caller asks for. */
interface PageArgs {
  first?: number | null | undefined
  after?: string | null | undefined
  last?: number | null | undefined
  before?: string | null | undefined
}

/**
 * Checks the arguments of a list that can be read in both directions.
 * @param isCursor whether a text has the form of the list's cursors
 * @throws GraphQLError that names the argument and says what to do
 */
export function checkPageArgs({ first, after, last, before }: PageArgs, isCursor: (text: string) => boolean): void {
  if (first != null) sizeOf(first)
  if (last != null) sizeOf(last, 'last')
  if ((before != null && (after != null || first != null)) || (after != null && last != null)) {
    throw badInput('Pass first and after to read on, or last and before to read back, and not both.')
  }
  if (after != null && !isCursor(after)) throw notACursor('after')
  if (before != null && !isCursor(before)) throw notACursor('before')
}

const EDGES = {
  after: { cursor: 'endCursor', end: 'start' },
  before: { cursor: 'startCursor', end: 'end' },
}

function notACursor(argument: keyof typeof EDGES): GraphQLError {
  const { cursor, end } = EDGES[argument]
  return badInput(
    `${argument} isn’t a cursor of this list. Pass the ${cursor} of one of its pages, or leave ${argument} out to begin at the ${end}.`,
  )
}

function positionIn(cursor: string): bigint {
  const text = contentOf(cursor)
  if (/^\d{1,18}$/.test(text)) return BigInt(text)
  throw notACursor('after')
}

/** Returns what our cursors encode, or nothing for a text that isn't encoded in this way. */
function contentOf(cursor: string): string {
  const content = Buffer.from(cursor, 'base64url')
  return content.toString('base64url') === cursor ? content.toString() : ''
}

function sizeOf(given: number | null | undefined, argument = 'first'): number {
  const size = given ?? PAGE_SIZE
  if (size >= 0 && size <= MAX_PAGE_SIZE) return size
  throw badInput(`${argument} must be between 0 and ${MAX_PAGE_SIZE}. To read more, ask for several pages.`)
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}
