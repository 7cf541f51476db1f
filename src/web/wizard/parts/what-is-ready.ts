import { needsAdministrator, type Repair, repairOf, type SetupToName, stepsInTrouble } from './steps-in-trouble.js'

type OptionalStep = SetupToName['steps'][number] & { connector: { id: string; name: string } }

interface ReadySetup extends SetupToName {
  steps: readonly OptionalStep[]
  /** Left out where the skills aren't shown. */
  skills?: readonly { waitingFor: readonly { id: string }[] }[]
}

export interface WhatIsReady {
  /** What the person can do so that the plugin does more. Whole if there is nothing, and several if it differs among apps. */
  more: Repair | 'several' | 'connect' | 'administrator' | 'whole'
  /** The apps that the person can repair or, if there are none, connect. */
  apps: string[]
}

/**
 * Returns how much of a setup is ready, once all its required apps are.
 *
 * 1. What needs no optional app to be repaired: one in trouble, or one that lacks the permissions that a skill waits for.
 * 2. What needs no optional app, if a skill is waiting for one that the person can connect.
 * 3. Also if a skill is waiting for one that only an administrator can help with.
 * 4. Otherwise the whole.
 */
export function whatIsReady(setup: ReadySetup): WhatIsReady {
  const waitingFor = (setup.skills ?? []).flatMap((skill) => skill.waitingFor.map(({ id }) => id))
  const inTrouble = stepsInTrouble(setup.steps, setup)
  const open = setup.steps.filter((step) => inTrouble.includes(step) || waitingFor.includes(step.connector.id))
  const forPerson = open.filter((step) => !needsAdministrator(step))
  const toRepair = forPerson.filter(repairOf)
  const repairs = new Set(toRepair.map(repairOf))
  const apps = toRepair.map(({ connector }) => connector.name)
  const [repair] = repairs
  if (repair) return { more: repairs.size === 1 ? repair : 'several', apps }
  if (forPerson.length > 0) return { more: 'connect', apps: forPerson.map(({ connector }) => connector.name) }
  return { more: waitingFor.length > 0 ? 'administrator' : 'whole', apps }
}
