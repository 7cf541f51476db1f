import { ConfirmAuthorizationDocument } from '../../generated/client/graphql.js'
import type { Attempt } from './attempt.js'
import type { Transport } from './transport.js'
import { messageForPeople, type TypedError } from './typed-errors.js'

/** What Patchbay added to `returnTo` when the browser came back. */
export interface Returned {
  authorizationId: string
  /**
   * The status of the authorization in lower case, such as `succeeded`. Null if it waits for confirmation. Anyone can write
   * such an address, so rely on `watchAuthorization` instead.
   */
  status: string | null
  /** The one-time code for `confirmReturned`, if the binding is CONFIRM. */
  confirmation: string | null
  /** The address without these parameters, for `history.replaceState`. */
  url: string
}

/** Reads what Patchbay added to the page's address. Returns null if the browser didn't come back from a consent screen. */
export function returned(location: Pick<Location, 'href'>): Returned | null {
  const { searchParams, href } = new URL(location.href)
  const authorizationId = searchParams.get('patchbay_authorization')
  const status = searchParams.get('patchbay_status')
  const confirmation = searchParams.get('patchbay_confirmation')
  if (!authorizationId || (status === null && confirmation === null)) return null
  return { authorizationId, status, confirmation, url: withoutReturned(href) }
}

/** Returns the address without the parameters that Patchbay adds. Those of the page itself remain as they are. */
export function withoutReturned(href: string): string {
  const url = new URL(href)
  const pairs = url.search.slice(1).split('&')
  // Patchbay adds its parameters at the end. The ones without a prefix are for earlier versions of this package.
  const start = pairs.findIndex((pair) => PREFIXED.includes(nameIn(pair)))
  if (start === -1) return url.href
  url.search = pairs.filter((pair, index) => index < start || !ADDED.includes(nameIn(pair))).join('&')
  return url.href
}

const DEPRECATED = ['authorization', 'status', 'confirmation']
const PREFIXED = DEPRECATED.map((name) => `patchbay_${name}`)
const ADDED = [...PREFIXED, ...DEPRECATED]

function nameIn(pair: string): string {
  const [name = ''] = new URLSearchParams(pair).keys()
  return name
}

export type Confirmed =
  | { authorization: Attempt; message?: never; error?: never }
  /**
   * The API refused. `message` tells the person what happened and what to do. `error` is for developers:
   * `AuthorizationEndedError`, `ConfirmationRefusedError`, `NotFoundError` or `ForbiddenError`.
   */
  | { authorization?: never; message: string; error: TypedError }

/**
 * Confirms that the signed-in user is the one who consented. With the binding CONFIRM, the app is connected only after this.
 * Returns an `AuthorizationEndedError` if it was already confirmed, for example because the page was reloaded.
 * Rejects if the API wasn't reached. The code still works then.
 */
export async function confirmReturned(
  transport: Transport,
  { authorizationId, confirmation }: Pick<Returned, 'authorizationId' | 'confirmation'>,
): Promise<Confirmed> {
  const { confirmAuthorization: answer } = await transport.execute(ConfirmAuthorizationDocument, {
    input: { authorizationId, code: confirmation ?? '' },
  })
  if (answer.__typename === 'Authorization') return { authorization: answer }
  return { message: messageForPeople(answer), error: answer }
}
