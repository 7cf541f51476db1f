import type { FieldKind, FieldRef, SchemaTypes } from '@pothos/core'
import { builder } from './builder.js'
import { checkPageArgs, MAX_PAGE_SIZE, PAGE_SIZE } from './pages.js'

/** The arguments of every list that `pageOf` or `pageBehind` serves. */
export const PAGE_ARGS = builder.args((t) => ({
  first: t.int({ description: `Page size, at most ${MAX_PAGE_SIZE}. The default is ${PAGE_SIZE}.` }),
  after: t.string({ description: 'Return items after this cursor.' }),
}))

/**
 * Checks the arguments of a connection before Pothos does, whose messages don't say which argument is wrong and what to
 * do.
 */
export function withCheckedArgs<Types extends SchemaTypes, Shape, Kind extends FieldKind>(
  field: FieldRef<Types, Shape, Kind>,
  isCursor: (text: string) => boolean,
): FieldRef<Types, Shape, Kind> {
  field.updateConfig(({ resolve, ...config }) => ({
    ...config,
    resolve(parent, args, context, info) {
      checkPageArgs(args, isCursor)
      return resolve?.(parent, args, context, info)
    },
  }))
  return field
}
