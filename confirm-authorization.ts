import { ConfirmAuthorizationDocument, type ConfirmAuthorizationMutation } from '../../generated/documents/graphql.js'
import type { Returned } from './returned.js'
import type { Transport } from './transport.js'

/** The attempt, with how it ended, or a typed error. */
export type Confirmed = ConfirmAuthorizationMutation['confirmAuthorization']

/**
 * Finishes an attempt with `binding: 'CONFIRM'`, as the user who is signed in to this page. To be called by the page that was returned to.
 * Rejects when the API is not reached; the code stays good until the attempt's deadline.
 */
export async function confirmAuthorization(
  transport: Transport,
  { authorizationId, confirmation }: Pick<Returned, 'authorizationId' | 'confirmation'>,
): Promise<Confirmed> {
  const input = { authorizationId, code: confirmation ?? '' }
  const answer = await transport.execute(ConfirmAuthorizationDocument, { input })
  return answer.confirmAuthorization
}
