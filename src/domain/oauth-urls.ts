/** The addresses that browsers visit on their way to a consent screen and back. */

export const CONNECT_PATH = '/connect'
export const CALLBACK_PATH = '/oauth/callback'

/** The first page for the browser that starts an authorization. */
export function connectUrl(publicUrl: string, authorizationId: string): string {
  return `${publicUrl}${connectPath(authorizationId)}`
}

export function connectPath(authorizationId: string): string {
  return `${CONNECT_PATH}/${authorizationId}`
}

/** Where the first page posts the account that the person chose. */
export function choicePath(authorizationId: string): string {
  return `${CONNECT_PATH}/${authorizationId}/choice`
}

/** The page that shows how an authorization ended. */
export function resultPath(authorizationId: string): string {
  return `${CONNECT_PATH}/${authorizationId}/result`
}

/**
 * The address that the provider sends the browser back to. Each connector has its own, so that a state can't be used
 * for another one.
 */
export function redirectUri(publicUrl: string, connectorSlug: string): string {
  return `${publicUrl}${CALLBACK_PATH}/${connectorSlug}`
}
