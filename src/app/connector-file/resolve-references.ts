import type { InputFault } from '../../domain/errors.js'
import { referenceTo } from './reference.js'

/** A value that is one reference, such as `${GMAIL_SECRET}`. */
const REFERENCE = /^\$\{(\w+)\}$/
const EXAMPLE = referenceTo('MAIL_CLIENT_SECRET')
const CONTAINS_REFERENCE = /\$\{\w*\}/

/** Returns a connector with its credentials from the environment, and what is wrong with its references. */
export function resolveReferences(
  connector: unknown,
  variable: (name: string) => string | undefined,
): { input: unknown; faults: InputFault[] } {
  if (!isObject(connector)) return { input: connector, faults: [] }
  const { credentials, ...others } = connector
  const faults = misplaced(others, '')
  if (!isObject(credentials)) return { input: connector, faults }
  const resolved: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(credentials)) {
    const { found, fault } = resolve(name, value, variable)
    resolved[name] = found
    if (fault) faults.push({ path: `credentials.${name}`, message: fault })
  }
  return { input: { ...connector, credentials: resolved }, faults }
}

function resolve(
  member: string,
  value: unknown,
  variable: (name: string) => string | undefined,
): { found: unknown; fault?: string } {
  if (typeof value !== 'string') return { found: value }
  const name = REFERENCE.exec(value)?.[1]
  if (name === undefined) {
    if (CONTAINS_REFERENCE.test(value)) {
      return { found: value, fault: `must be one reference alone, such as ${EXAMPLE}` }
    }
    // Files are committed and copied. What is in them isn't secret.
    const fault = `must be a reference to a variable of the environment, such as ${EXAMPLE}, because files are copied and committed`
    return member === 'clientSecret' ? { found: value, fault } : { found: value }
  }
  if (name.startsWith('PATCHBAY_')) {
    return {
      found: value,
      fault: `names ${name}, but variables that begin with PATCHBAY_ are Patchbay’s own. Choose another name`,
    }
  }
  const found = variable(name)
  if (found) return { found }
  return { found: value, fault: `names the variable ${name}, which ${found === '' ? 'is empty' : 'isn’t set'}` }
}

/** Elsewhere, a reference would be taken as it is written. */
function misplaced(value: unknown, path: string): InputFault[] {
  if (typeof value === 'string') {
    if (!CONTAINS_REFERENCE.test(value)) return []
    return [{ path, message: 'has a reference to a variable, which only credentials can have' }]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) =>
    misplaced(member, Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
