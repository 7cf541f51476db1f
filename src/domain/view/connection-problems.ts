import type { ConnectionProblemCode } from '../../generated/prisma/enums.js'

/** What each problem of a connection means to the user who sees it. */
export const PROBLEMS: Record<ConnectionProblemCode, (app: string) => string> = {
  ACCESS_EXPIRED: (app) => `${app} access has expired. Reconnect to continue.`,
  ACCESS_REVOKED: (app) => `${app} access was revoked. Reconnect to continue.`,
  RENEWAL_REFUSED: (app) => `${app} no longer renews your access. Reconnect to continue.`,
  REFRESH_INTERRUPTED: (app) => `Renewing ${app} access was interrupted. Reconnect to continue.`,
}
