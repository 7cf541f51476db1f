/** Whether the schema keeps what the last release promised, and what has changed since. docs/versioning.md has the rules. */
import { buildASTSchema, buildSchema, type DocumentNode, type GraphQLSchema, Kind, parse, visit } from 'graphql'
import { faultOfReason, isBefore, isOver, type Minor, textOf, windowOf } from './deprecations.js'
import { breakingChanges, changesBetween, elementsOf, type SchemaChanges } from './schema-changes.js'

/** A reviewed exception. */
export interface AcceptedBreak {
  change: string
  reason: string
}

export interface Release {
  version: string
  schema: GraphQLSchema
  document: DocumentNode
  /** The next minor version. */
  next: Minor
}

export interface Verdict {
  /** Sentences that say what is wrong and what to do. */
  faults: string[]
  changes: SchemaChanges
  /** What has changed, as a section of schema/CHANGELOG.md without its heading. */
  section: string
}

const HEADER = /^# The schema of ((\d+)\.(\d+)\.\d+), released on \d{4}-\d\d-\d\d\./

/** @param text the content of schema/released.graphql */
export function readRelease(text: string): Release {
  const [, version, major, minor] = HEADER.exec(text) ?? []
  if (version === undefined) throw new Error('schema/released.graphql must begin with its version and day.')
  const document = parse(text)
  return { version, schema: buildSchema(text), document, next: { major: Number(major), minor: Number(minor) + 1 } }
}

/** @param today a day, such as 2026-12-01 */
export function judge(
  release: Release,
  schema: GraphQLSchema,
  accepted: readonly AcceptedBreak[],
  today: string,
): Verdict {
  const changes = changesBetween(release.schema, schema)
  const tooEarly = breakingChanges(withoutEnded(release, today), schema)
  const reasons = new Map(accepted.map(({ change, reason }) => [change, reason]))
  const faults = [
    ...tooEarly.filter((change) => !reasons.get(change)?.trim()).map((change) => breakFault(release, change)),
    ...accepted
      .filter(({ change }) => !changes.breaking.includes(change))
      .map(({ change }) => `schema/accepted-breaks.json accepts a change that isn't there: "${change}" Remove it.`),
    ...deprecationFaults(release, schema),
  ]
  const breaking = changes.breaking.map((change) =>
    tooEarly.includes(change) ? `${change} ${reasons.get(change) ?? ''}`.trimEnd() : `${change} It was deprecated before.`,
  )
  return { faults, changes, section: sectionOf({ ...changes, breaking }) }
}

function breakFault({ version }: Release, change: string): string {
  return [
    `The schema breaks callers of ${version}: ${change}`,
    '  Keep what was there, add the new next to it, and mark the old one as deprecated (docs/versioning.md).',
    '  If it has to break now, add this to schema/accepted-breaks.json, with a reason that callers can read:',
    `  ${JSON.stringify({ change, reason: '…' })}`,
  ].join('\n')
}

function deprecationFaults({ schema: before, next }: Release, after: GraphQLSchema): string[] {
  const old = elementsOf(before)
  return [...elementsOf(after)].flatMap(([name, { deprecationReason: reason }]) => {
    if (!reason) return []
    const fault = faultOfReason(reason)
    if (fault) return [`${name} ${fault}.`]
    const window = windowOf(reason)
    const previous = windowOf(old.get(name)?.deprecationReason ?? '')
    if (!window) return []
    if (!previous) {
      const isNext = textOf(window.since) === textOf(next)
      return isNext ? [] : [`${name} is newly deprecated, so its reason has to say "Deprecated since ${textOf(next)}".`]
    }
    const isShorter = isBefore(window.removedIn, previous.removedIn) || window.notBefore < previous.notBefore
    return isShorter ? [`${name} can't be removed earlier than the last release announced.`] : []
  })
}

/** The released schema without what may be removed by now, and without the types that only that led to. */
function withoutEnded({ document, next }: Release, today: string): GraphQLSchema {
  const member = {
    enter: ({ directives = [] }: { directives?: DocumentNode['definitions'][number]['directives'] }) => {
      const reason = directives
        .find(({ name }) => name.value === 'deprecated')
        ?.arguments?.find(({ name }) => name.value === 'reason')?.value
      const window = reason?.kind === Kind.STRING ? windowOf(reason.value) : undefined
      return window && isOver(window, next, today) ? null : undefined
    },
  }
  const remaining = visit(document, {
    FieldDefinition: member,
    InputValueDefinition: member,
    EnumValueDefinition: member,
  })
  const reached = reachableTypes(remaining)
  const definitions = remaining.definitions.filter(
    (definition) => !('name' in definition) || !definition.name || reached.has(definition.name.value),
  )
  return buildASTSchema({ ...remaining, definitions }, { assumeValidSDL: true, assumeValid: true })
}

/** The names of the types that operations lead to. Whatever implements an interface is reached with it. */
function reachableTypes({ definitions }: DocumentNode): ReadonlySet<string> {
  const leadsTo = new Map<string, string[]>()
  const add = (from: string, to: string) => leadsTo.set(from, [...(leadsTo.get(from) ?? []), to])
  for (const definition of definitions) {
    if (!('name' in definition) || !definition.name) continue
    const { value: name } = definition.name
    visit(definition, { NamedType: ({ name: { value } }) => add(name, value) })
    if ('interfaces' in definition) for (const { name: { value } } of definition.interfaces ?? []) add(value, name)
  }
  const reached = new Set<string>()
  const waiting = ['Query', 'Mutation', 'Subscription']
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue
    reached.add(name)
    waiting.push(...(leadsTo.get(name) ?? []))
  }
  return reached
}

function sectionOf({ breaking, deprecated, changed, added }: SchemaChanges): string {
  const parts = Object.entries({ Breaking: breaking, Deprecated: deprecated, Changed: changed, Added: added })
  const filled = parts.filter(([, entries]) => entries.length > 0)
  return filled
    .map(([heading, entries]) => `### ${heading}\n\n${entries.toSorted().map((each) => `- ${each}`).join('\n')}\n`)
    .join('\n')
}
