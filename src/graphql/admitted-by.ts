import type { AuthFailure } from '@pothos/plugin-scope-auth'
import type { Admitted } from '../domain/errors.js'

/** Returns who may use a field, from what Pothos says about a caller who may not. */
export function admittedBy(failure: AuthFailure): Admitted {
  const tried = triedIn(failure)
  return {
    users: tried.some(({ scope }) => scope === 'user' || scope === 'person'),
    operators: tried.some(({ scope }) => scope === 'operator'),
    scopes: tried.flatMap(({ scope, parameter }) => (scope === 'key' ? [String(parameter)] : [])),
  }
}

function triedIn(failure: AuthFailure): { scope: string; parameter: unknown }[] {
  if ('failures' in failure) return failure.failures.flatMap(triedIn)
  return 'parameter' in failure ? [failure] : []
}
