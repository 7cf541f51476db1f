import { DomainError } from '../errors.js'
import type { RateLimit } from './rate-limit.js'

const TOO_OFTEN: Record<RateLimit, string> = {
  authorizations: 'You’re starting too many authorizations.',
  changes: 'You’re making too many changes.',
  checks: 'You’re checking connections too often.',
  tokens: 'You’re requesting too many access tokens.',
  refreshes: 'You’re having this connection renewed too often. Keep using its access token.',
  'setup-sessions': 'You’re creating too many setup sessions.',
  'user-setup-sessions': 'You’re creating too many setup sessions for this user. Keep using one until it expires.',
  administration: 'You’re changing plugins, connectors, webhooks or users too often.',
  outbound: 'You’re configuring connectors, or testing or replaying webhooks, too often.',
  'wrong-credentials':
    'Too many invalid tokens and keys came from your address, and this one isn’t valid either. Get a new one.',
  'unknown-pages': 'Too many invalid links were opened from your address, and this one isn’t valid either.',
  'staging-passwords': 'Too many wrong passwords came from your address.',
}

/** A caller does something more often than its rate limit allows. */
export class RateLimitedError extends DomainError {
  override readonly name = 'RateLimitedError'
  constructor(
    readonly limit: RateLimit,
    readonly retryAfterSeconds: number,
  ) {
    const seconds = retryAfterSeconds === 1 ? 'a second' : `${retryAfterSeconds} seconds`
    super(`${TOO_OFTEN[limit]} Try again in ${seconds}.`)
  }
}
