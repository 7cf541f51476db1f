import type * as z from 'zod'
import { closestName } from './closest-name.js'
import type { InputFault } from './errors.js'

/** What an operator wrote, or what is wrong with it. */
export type ReadInput<Data> = { data: Data; faults?: undefined } | { data?: undefined; faults: InputFault[] }

/** No one reads more of them. */
export const MAX_FAULTS = 100

type Issue = z.core.$ZodRawIssue

/**
 * Reads what an operator wrote, such as a manifest or a connector. This is the only place that puts Zod's issues into
 * words. A message of the schema itself takes precedence.
 * @returns the faults with paths such as `skills[0].uses[1].connector`. Their messages continue the path: “is missing”
 */
export function readInput<Schema extends z.ZodType>(schema: Schema, input: unknown): ReadInput<z.output<Schema>> {
  const known = new Map<string, readonly string[]>()
  const result = schema.safeParse(input, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') known.set(pathOf(issue.path ?? []), membersOf(issue))
      return inWords(issue)
    },
  })
  if (result.success) return { data: result.data }
  const faults = result.error.issues.flatMap((issue): InputFault[] => {
    const path = pathOf(issue.path)
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }]
    return issue.keys.map((key) => {
      const message = `is unknown${suggestion(key, known.get(path) ?? [])}`
      return { path: pathOf([...issue.path, key]), message }
    })
  })
  return { faults }
}

/** Returns at most as many faults as people read. The last one says how many there are. */
export function readable(faults: readonly InputFault[]): InputFault[] {
  if (faults.length <= MAX_FAULTS) return [...faults]
  const more = { path: '(whole)', message: `has ${faults.length.toLocaleString('en')} faults. These are the first` }
  return [...faults.slice(0, MAX_FAULTS), more]
}

/** Returns a path such as `skills[0].name`. */
export function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return text.replace(/^\./, '') || '(whole)'
}

/** Returns “. Did you mean tokenUrl?”, or nothing if no name is close. */
export function suggestion(given: string, names: readonly string[]): string {
  const meant = closestName(given, names)
  return meant === undefined ? '' : `. Did you mean ${meant}?`
}

/** What values are called, by Zod's names for their types. */
const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

function inWords(issue: Issue): string {
  const isMissing = issue.input === undefined
  switch (issue.code) {
    case 'invalid_type': {
      const kind = definition(issue, 'format') === 'url' ? 'a URL' : (KINDS[issue.expected] ?? issue.expected)
      return isMissing ? missing(kind) : `must be ${kind}, not ${kindOf(issue.input)}`
    }
    case 'invalid_value': {
      const values = issue.values.map(String)
      const kind = listed(values)
      if (isMissing) return missing(kind)
      return `must be ${kind}${typeof issue.input === 'string' ? suggestion(issue.input, values) : ''}`
    }
    case 'invalid_union': {
      const kinds = optionsOf(issue).flatMap((type) => KINDS[type] ?? [])
      const kind = listed([...new Set(kinds)])
      return isMissing ? missing(kind) : `must be ${kind}, not ${kindOf(issue.input)}`
    }
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum), issue.inclusive !== false)
    case 'too_big': {
      const limit = issue.inclusive === false ? 'less than' : 'at most'
      return `must ${isMeasured(issue.origin) ? 'have' : 'be'} ${limit} ${amount(issue.origin, Number(issue.maximum))}`
    }
    case 'invalid_format':
      if (issue.format === 'url') return `must be a URL that begins with ${schemesOf(issue)}`
      if (issue.format === 'date') return 'must be a date, such as 2026-01-31'
      return issue.pattern === undefined
        ? `must have the format ${issue.format}`
        : `must match the pattern ${issue.pattern}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_key':
      return `its name ${issue.issues[0]?.message}`
    case 'invalid_element':
      return `has an item that ${issue.issues[0]?.message}`
    case 'unrecognized_keys':
      return `has members that are unknown: ${issue.keys.join(', ')}`
    default:
      return 'has a value that isn’t allowed'
  }
}

function missing(kind: string): string {
  return `is missing. Add it, as ${kind}`
}

function tooSmall(origin: string, minimum: number, isInclusive: boolean): string {
  if (isMeasured(origin) && minimum === 1) {
    return origin === 'string' ? 'must not be empty' : 'must have at least one item'
  }
  const limit = isInclusive ? 'at least' : 'more than'
  return `must ${isMeasured(origin) ? 'have' : 'be'} ${limit} ${amount(origin, minimum)}`
}

function isMeasured(origin: string): boolean {
  return origin === 'string' || origin === 'array'
}

function amount(origin: string, count: number): string {
  const number = count.toLocaleString('en')
  if (!isMeasured(origin)) return number
  const unit = origin === 'string' ? 'character' : 'item'
  return `${number} ${unit}${count === 1 ? '' : 's'}`
}

/** Values themselves are left out, because they may be secret. */
function kindOf(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  return (Array.isArray(value) ? KINDS.array : KINDS[typeof value]) ?? typeof value
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function membersOf(issue: Issue): string[] {
  return Object.keys(definition(issue, 'shape') ?? {})
}

function optionsOf(issue: Issue): string[] {
  const options = definition(issue, 'options')
  return Array.isArray(options) ? options.map((option: z.core.$ZodType) => option._zod.def.type) : []
}

function schemesOf(issue: Issue): string {
  const protocol = definition(issue, 'protocol')
  return protocol instanceof RegExp && !protocol.test('http') ? 'https://' : 'http:// or https://'
}

/** Returns a member of the definition of the schema that raised an issue. */
function definition({ inst }: Issue, member: string): unknown {
  return inst && Reflect.get(inst._zod.def, member)
}
