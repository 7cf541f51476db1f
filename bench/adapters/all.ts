import type { Contestant } from './contestant.js'
import { apollo, floor, mercurius } from './own.js'
import { createPatchbay } from './patchbay.js'

const ALL: Readonly<Record<string, Contestant>> = { floor, mercurius, apollo, patchbay: createPatchbay() }
export const CONTESTANTS = Object.keys(ALL)

export function contestantNamed(name: string): Contestant {
  const found = ALL[name]
  if (!found) throw new Error(`There is no contestant "${name}". The contestants are ${CONTESTANTS.join(', ')}.`)
  return found
}
