import type { Remedy } from '../../../generated/documents/graphql.js'
import type { PermissionsNeeded } from './permissions-needed.js'

/**
 * Returns the connection whose repair is the page's primary action, in the order of the list.
 *
 * 1. One to reconnect.
 * 2. One whose permissions the person left out or is granting.
 * 3. One that a plugin hasn't asked for all permissions yet, where nothing is wrong.
 *
 * Those that only an administrator can help with are not among them.
 */
export function firstToRepair<C extends { remedy?: Remedy | null }>(
  connections: readonly C[],
  neededFor: (connection: C) => PermissionsNeeded<unknown>,
): C | undefined {
  const toGrant = connections.filter((each) => {
    const { lacking, needAdministrator } = neededFor(each)
    return lacking.length > 0 && !needAdministrator
  })
  const isUrgent = (each: C) => neededFor(each).areWithheld || neededFor(each).areBeingGranted
  return connections.find(({ remedy }) => remedy === 'REAUTHORIZE') ?? toGrant.find(isUrgent) ?? toGrant[0]
}
