import { setupIdOf, userIdOf } from '../../src/domain/identity/viewer.js'
import { organizationOf, USERS } from '../fixture/fixture.js'

export const ISSUER = 'bench'
export const AUDIENCE = 'bench'

export interface Size {
  users: number
  plugins: number
  /** Null for the fixture's, which is about ten. */
  connectionsPerUser: number | null
}

export const STANDARD: Size = { users: USERS, plugins: 50, connectionsPerUser: null }

export const pluginSlug = (pluginId: number): string => `plugin-${pluginId}`
export const connectorSlug = (connectorId: number): string => `connector-${connectorId}`

export function patchbayUserId(userId: number): string {
  return userIdOf({ issuer: ISSUER, subject: String(userId), organization: String(organizationOf(userId)) })
}

export const setupId = (userId: number, pluginId: number): string =>
  setupIdOf(patchbayUserId(userId), pluginSlug(pluginId))
