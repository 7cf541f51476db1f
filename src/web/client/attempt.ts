import type { AttemptFragment } from '../../generated/client/graphql.js'

/** An authorization (one attempt to connect an app), as the server reports it. */
export type Attempt = AttemptFragment

const OPEN: readonly Attempt['status'][] = [
  'PENDING',
  'OPENED',
  'EXCHANGING',
  'AWAITING_CONFIRMATION',
  'AWAITING_CHOICE',
]

/** Returns whether the authorization can still succeed. */
export function isOpen({ status }: Pick<Attempt, 'status'>): boolean {
  return OPEN.includes(status)
}

/** Returns whether the app is connected, by this authorization or by another one that finished first. */
export function isConnected({ status }: Pick<Attempt, 'status'>): boolean {
  return status === 'SUCCEEDED' || status === 'SUPERSEDED'
}
