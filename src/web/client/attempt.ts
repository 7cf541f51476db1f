import type { AttemptFragment } from '../../generated/client/graphql.js'

/** An authorization (one attempt to connect an app), as the server reports it. */
export type Attempt = AttemptFragment

/** Returns whether the authorization can still succeed. */
export function isOpen({ status }: Pick<Attempt, 'status'>): boolean {
  return status === 'PENDING' || status === 'OPENED' || status === 'EXCHANGING' || status === 'AWAITING_CONFIRMATION'
}

/** Returns whether the app is connected, by this authorization or by another one that finished first. */
export function isConnected({ status }: Pick<Attempt, 'status'>): boolean {
  return status === 'SUCCEEDED' || status === 'SUPERSEDED'
}
