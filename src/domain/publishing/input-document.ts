import { type InputFault, InvalidInputError } from '../errors.js'
import { MAX_FAULTS, pathOf } from '../input-faults.js'

/** The largest plugins have a tenth of it. */
const MAX_VALUES = 20_000
const MAX_DEPTH = 20

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
