import type { ConnectionProblemCode } from '../../generated/prisma/enums.js'

/** What each problem of a connection means to the user who sees it. */
export const PROBLEMS: Record<ConnectionProblemCode, (app: string) => string> = {
  ACCESS_EXPIRED: (app) => `The access to ${app} has expired. Authorize it again to go on.`,
  ACCESS_REVOKED: (app) => `The access was taken back at ${app}. Authorize it again to go on.`,
  REFRESH_INTERRUPTED: (app) => `Renewing the access to ${app} was interrupted. Authorize it again to go on.`,
}
