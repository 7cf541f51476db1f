import type { ConnectionStatus } from '../../../generated/documents/graphql.js'

interface Ordered {
  status: ConnectionStatus
  connector: { id: string }
}

const URGENCY: Record<ConnectionStatus, number> = { BROKEN: 0, EXPIRED: 1, LIVE: 3 }
const LACKING = 2

/**
 * Orders connections for the list. The accounts of one app stay together, and apps are in the order of their first account.
 * What needs the person comes first: apps with a broken account, then those with an expired one or one that lacks
 * permissions, and the same among the accounts of an app.
 */
export function inListOrder<C extends Ordered>(
  connections: readonly C[],
  lacksPermissions: (connection: C) => boolean,
): C[] {
  const urgency = (connection: C) => (lacksPermissions(connection) ? LACKING : URGENCY[connection.status])
  const byUrgency = (one: C, other: C) => urgency(one) - urgency(other)
  const appIds = [...new Set(connections.map(({ connector }) => connector.id))]
  const apps = appIds.map((id) => connections.filter(({ connector }) => connector.id === id).toSorted(byUrgency))
  return apps.toSorted(([one], [other]) => (one && other ? byUrgency(one, other) : 0)).flat()
}
