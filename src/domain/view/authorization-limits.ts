import { DAY_MS, MINUTE_MS } from '../formats.js'

/** How long an authorization may take, from its start to the exchange of its code. */
export const AUTHORIZATION_LIFETIME_MS = 10 * MINUTE_MS
/** How many authorizations a user may have open. */
export const MAX_OPEN_AUTHORIZATIONS = 20
/** An exchange takes at most ten seconds at each of two endpoints. After this long, its server is gone. */
export const EXCHANGE_LIMIT_SECONDS = 30
/** How long an authorization is kept after it has ended. */
export const ENDED_AUTHORIZATION_KEPT_MS = DAY_MS
