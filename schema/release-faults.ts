import type { GraphQLSchema } from 'graphql'
import { daysAfter, KEPT_DAYS, windowOf } from './deprecations.js'
import type { Release } from './gate.js'
import { elementsOf, type SchemaChanges } from './schema-changes.js'

/** Returns why the schema can't be released as this version on this day. */
export function releaseFaults(
  { version: previous, next, schema: before }: Release,
  after: GraphQLSchema,
  changes: SchemaChanges,
  version: string,
  day: string,
): string[] {
  const [major, minor, patch] = numbersOf(version)
  const [lastMajor = 0, lastMinor = 0, lastPatch = 0] = numbersOf(previous)
  if (major === undefined || minor === undefined || patch === undefined) {
    return ['Say which version this is, as in npm run schema:release -- 0.2.0']
  }
  const isPatch = major === lastMajor && minor === lastMinor && patch > lastPatch
  const isNext = patch === 0 && ((major === next.major && minor === next.minor) || (major === lastMajor + 1 && minor === 0))
  if (!isPatch && !isNext) return [`${version} doesn't come after ${previous}.`]
  const isChanged = Object.values(changes).some((entries) => entries.length > 0)
  if (isPatch && isChanged) return [`The schema has changed, so ${version} can't be a patch version.`]
  const earliest = daysAfter(day, KEPT_DAYS)
  const old = elementsOf(before)
  return [...elementsOf(after)].flatMap(([name, { deprecationReason: reason }]) => {
    if (!reason || old.get(name)?.deprecationReason) return []
    const isTooEarly = (windowOf(reason)?.notBefore ?? '') < earliest
    return isTooEarly ? [`${name} is deprecated with this release, so its reason has to say "not before ${earliest}" or later.`] : []
  })
}

function numbersOf(version: string): number[] {
  return /^\d+\.\d+\.\d+$/.test(version) ? version.split('.').map(Number) : []
}
