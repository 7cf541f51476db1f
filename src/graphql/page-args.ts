import { builder } from './builder.js'
import { MAX_PAGE_SIZE, PAGE_SIZE } from './pages.js'

/** The arguments of every list that `pageOf` or `pageBehind` serves. */
export const PAGE_ARGS = builder.args((t) => ({
  first: t.int({ description: `Page size, at most ${MAX_PAGE_SIZE}. The default is ${PAGE_SIZE}.` }),
  after: t.string({ description: 'Return items after this cursor.' }),
}))
