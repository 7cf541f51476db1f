import { ConfirmAuthorizationDocument } from '../../generated/client/graphql.js'
import type { Attempt } from './attempt.js'
import type { Transport } from './transport.js'

/** What Patchbay adds to `returnTo` when the browser comes back. */
export interface Returned {
  authorizationId: string
  /**
   * How the attempt stood, in lower case, such as `succeeded`; null when it waits for confirmation. Anybody can write such an address:
   * what counts is what `watchAuthorization` says.
   */
  status: string | null
  /** With the binding CONFIRM: the one-time code for `confirmReturned`. */
  confirmation: string | null
  /** The address without what was added, for `history.replaceState`. */
  url: string
}

/** Reads the address of a page that the browser may have come back to. Null when it has not. */
export function returned(location: Pick<Location, 'href'>): Returned | null {
  const url = new URL(location.href)
  const [authorizationId, status, confirmation] = PARAMETERS.map((name) => url.searchParams.get(name)) as Values
  if (!authorizationId || (status === null && confirmation === null)) return null
  return { authorizationId, status, confirmation, url: withoutReturned(url.href) }
}

/** The address as it was before Patchbay added to it. */
export function withoutReturned(href: string): string {
  const url = new URL(href)
  for (const name of PARAMETERS) url.searchParams.delete(name)
  return url.href
}

const PARAMETERS = ['authorization', 'status', 'confirmation']
type Values = [authorization: string | null, status: string | null, confirmation: string | null]

export type Confirmed =
  | { authorization: Attempt; error?: never }
  /** A typed error of the API: `AuthorizationEndedError`, `ConfirmationRefusedError`, `NotFoundError` or `ForbiddenError`. */
  | { authorization?: never; error: { __typename: string; message: string } }

/**
 * Confirms, as the signed-in user, that it was they who consented; only then is the app connected. For the binding CONFIRM.
 * An `AuthorizationEndedError` also comes when it was confirmed before, as by a page that is loaded again.
 * Rejects when the API was not reached; the code is still good then.
 */
export async function confirmReturned(
  transport: Transport,
  { authorizationId, confirmation }: Pick<Returned, 'authorizationId' | 'confirmation'>,
): Promise<Confirmed> {
  const { confirmAuthorization: answer } = await transport.execute(ConfirmAuthorizationDocument, {
    input: { authorizationId, code: confirmation ?? '' },
  })
  return answer.__typename === 'Authorization' ? { authorization: answer } : { error: answer }
}
