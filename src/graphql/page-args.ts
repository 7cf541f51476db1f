import { builder } from './builder.js'
import { MAX_PAGE_SIZE, PAGE_SIZE } from './pages.js'

/** The arguments of every list that `pageOf` or `pageBehind` serves. */
export const PAGE_ARGS = builder.args((t) => ({
  first: t.int({ description: `How many, ${MAX_PAGE_SIZE} at most; ${PAGE_SIZE} unless told.` }),
  after: t.string({ description: 'The cursor behind which to go on.' }),
}))
