import type { ConnectionStatus } from '../../../generated/documents/graphql.js'

interface Open {
  connector: { id: string }
  connectionToRepair?: { id: string } | null
}

interface Row {
  connection: { id: string; status: ConnectionStatus; connector: { id: string } }
  isFirstOfApp: boolean
  areBeingGranted: boolean
}

/**
 * Returns the open authorization that a connection's row shows, or null:
 *
 * 1. One that repairs this connection.
 * 2. Otherwise one that repairs none, in the app's first row, if it may still do something for that connection.
 *
 * @param open newest first
 */
export function attemptOfRow<O extends Open>(
  open: readonly O[],
  { connection, isFirstOfApp, areBeingGranted }: Row,
): O | null {
  const ofApp = open.filter(({ connector }) => connector.id === connection.connector.id)
  const repairing = ofApp.find(({ connectionToRepair }) => connectionToRepair?.id === connection.id)
  if (repairing) return repairing
  const mayConcern = isFirstOfApp && (connection.status !== 'LIVE' || areBeingGranted)
  return (mayConcern && ofApp.find(({ connectionToRepair }) => !connectionToRepair)) || null
}
