import type { AttemptFragment } from '../../generated/client/graphql.js'

/** One attempt at connecting an app, as the server says it stands. */
export type Attempt = AttemptFragment

/** Whether something can still come of it. */
export function isOpen({ status }: Pick<Attempt, 'status'>): boolean {
  return status === 'PENDING' || status === 'OPENED' || status === 'EXCHANGING' || status === 'AWAITING_CONFIRMATION'
}

/** Whether the app is connected now: by this attempt, or by another one that finished first. */
export function isConnected({ status }: Pick<Attempt, 'status'>): boolean {
  return status === 'SUCCEEDED' || status === 'SUPERSEDED'
}
