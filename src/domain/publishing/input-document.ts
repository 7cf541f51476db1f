import type * as z from 'zod'
import { type InputFault, InvalidInputError } from '../errors.js'

/** The largest plugins have a tenth of it. */
const MAX_VALUES = 20_000
const MAX_DEPTH = 20
/** Nobody reads more of them. */
const MAX_FAULTS = 100

/**
 * Refuses a JSON document that can't be stored whatever it means, before anything else looks at it.
 * @throws InvalidInputError if it is too large or too deep, or has a text that PostgreSQL can't store
 */
export function refuseUnstorable(what: string, document: unknown): void {
  const faults: InputFault[] = []
  const waiting: Place[] = [{ value: document, key: '', parent: undefined, depth: 0 }]
  for (let values = 1; faults.length < MAX_FAULTS; ) {
    const place = waiting.pop()
    if (!place) break
    const { value } = place
    if (typeof value === 'string' && UNSTORABLE.test(value)) faults.push(unstorable(place))
    if (typeof value !== 'object' || value === null) continue
    values += Array.isArray(value) ? value.length : Object.keys(value).length
    if (values > MAX_VALUES || place.depth === MAX_DEPTH) {
      const message = `has more than ${MAX_VALUES.toLocaleString('en')} values, or more than ${MAX_DEPTH} levels of them`
      throw new InvalidInputError(what, [{ path: '(whole)', message }])
    }
    for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
      const member: Place = { value: Reflect.get(value, key), key, parent: place, depth: place.depth + 1 }
      if (typeof key === 'string' && UNSTORABLE.test(key)) faults.push(unstorable(member))
      else waiting.push(member)
    }
  }
  if (faults.length > 0) throw new InvalidInputError(what, faults)
}

/** A value of a document, and where it is. */
interface Place {
  value: unknown
  key: string | number
  parent: Place | undefined
  depth: number
}

/** U+0000, or half of a surrogate pair. */
const UNSTORABLE = /[\0\p{Surrogate}]/u

function unstorable(place: Place): InputFault {
  const path: (string | number)[] = []
  for (let each = place; each.parent; each = each.parent) path.unshift(each.key)
  return { path: pathOf(path), message: 'must not contain the character U+0000 or half of a surrogate pair' }
}

/** Returns at most as many faults as people read. The last one says how many there are. */
export function readable(faults: readonly InputFault[]): InputFault[] {
  if (faults.length <= MAX_FAULTS) return [...faults]
  const more = { path: '(whole)', message: `has ${faults.length.toLocaleString('en')} faults. These are the first` }
  return [...faults.slice(0, MAX_FAULTS), more]
}

/** Converts Zod's issues to faults with paths such as `skills[0].uses[1].connector`. */
export function faultsOf(error: z.ZodError): InputFault[] {
  return error.issues.flatMap((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
    const message = issue.code === 'unrecognized_keys' ? 'is unknown' : issue.message
    return keys.map((path) => ({ path: pathOf(path), message }))
  })
}

function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return text.replace(/^\./, '') || '(whole)'
}
