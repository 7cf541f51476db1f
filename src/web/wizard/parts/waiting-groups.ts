import type { Repair } from './steps-in-trouble.js'

/** What a person does so that a skill can use an app. */
export type Need = 'connect' | Repair

const NEEDS: readonly Need[] = ['connect', 'reconnect', 'grant']

export interface WaitingGroup<A> {
  need: Need
  apps: A[]
}

/**
 * Groups the apps that a skill waits for by what it waits for, in the order in which the page shows them, as words and as
 * pictures.
 *
 * @param repairOf null for an app that isn't connected
 */
export function waitingGroups<A>(apps: readonly A[], repairOf: (app: A) => Repair | null): WaitingGroup<A>[] {
  const needOf = (app: A): Need => repairOf(app) ?? 'connect'
  return NEEDS.map((need) => ({ need, apps: apps.filter((app) => needOf(app) === need) })).filter(
    ({ apps }) => apps.length > 0,
  )
}
