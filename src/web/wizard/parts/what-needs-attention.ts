import { lacksPermissions, needsAdministrator, type SetupToName, stepsInTrouble, wordFor } from './steps-in-trouble.js'

interface AttentionSetup extends SetupToName {
  steps: readonly (SetupToName['steps'][number] & { connector: { name: string } })[]
}

export interface WhatNeedsAttention {
  /** Whose attention. */
  from: 'person' | 'administrator'
  /** The names of the apps, required ones first, as on the page. */
  apps: string[]
}

/**
 * Returns the apps that keep a setup from being ready, to name them above its steps.
 *
 * 1. Null if the setup is ready, or nothing is wrong so far.
 * 2. All apps that the person sees in trouble. Null if the progress already counts each of them: required apps that lack
 *    permissions.
 * 3. Otherwise the required apps that only an administrator can help with.
 */
export function whatNeedsAttention(setup: AttentionSetup): WhatNeedsAttention | null {
  const word = wordFor(setup)
  if (word === 'READY' || word === 'IN_PROGRESS') return null
  const inTrouble = stepsInTrouble(setup.steps, setup)
  if (inTrouble.length > 0) {
    const areCounted = inTrouble.every((step) => !step.requirement.optional && lacksPermissions(step))
    return areCounted ? null : { from: 'person', apps: namesOf(inTrouble) }
  }
  const theirs = setup.steps.filter((step) => needsAdministrator(step) && !step.requirement.optional)
  return theirs.length === 0 ? null : { from: 'administrator', apps: namesOf(theirs) }
}

function namesOf(steps: AttentionSetup['steps']): string[] {
  const inOrder = steps.toSorted((one, other) => Number(one.requirement.optional) - Number(other.requirement.optional))
  return inOrder.map(({ connector }) => connector.name)
}
