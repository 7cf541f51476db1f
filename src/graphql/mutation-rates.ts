import { type Caller, callerId } from '../domain/identity/caller.js'
import type { RateLimit } from '../domain/rate-limit/rate-limit.js'
import type { RateLimits } from '../domain/rate-limit/rate-limits.js'

/** Which limit each mutation counts for. Every mutation is here, because each one is a transaction or more. */
export const MUTATION_RATES: Readonly<Record<string, RateLimit>> = {
  startSetup: 'changes',
  removeSetup: 'changes',
  chooseConnection: 'changes',
  cancelAuthorization: 'changes',
  confirmAuthorization: 'changes',
  chooseAccount: 'changes',
  disconnect: 'changes',
  authorizeConnector: 'authorizations',
  verifyConnection: 'checks',

  issueAccessToken: 'tokens',
  createSetupSession: 'setup-sessions',

  deleteUser: 'administration',
  publishPlugin: 'administration',
  retirePlugin: 'administration',
  setConnectorCredentials: 'administration',
  removeConnector: 'administration',
  registerWebhook: 'administration',
  updateWebhook: 'administration',
  rotateWebhookSecret: 'administration',
  removeWebhook: 'administration',
  // These make Patchbay send requests to addresses that the caller chose.
  configureConnector: 'outbound',
  testWebhook: 'outbound',
  replayWebhookDeliveries: 'outbound',
}

/**
 * Counts the mutations of an operation for its caller.
 * @throws RateLimitedError if that is too much
 */
export function admitMutations(
  rateLimits: Pick<RateLimits, 'take'>,
  { caller }: { caller: Caller },
  mutations: readonly string[],
): void {
  const counts = new Map<RateLimit, number>()
  for (const mutation of mutations) {
    const limit = MUTATION_RATES[mutation]
    if (limit) counts.set(limit, (counts.get(limit) ?? 0) + 1)
  }
  for (const [limit, count] of counts) rateLimits.take(limit, callerId(caller), count)
}
