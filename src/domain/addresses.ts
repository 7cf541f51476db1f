/** The addresses that browsers visit on their way to a consent screen and back. */

export const CONNECT_PATH = '/connect'
export const CALLBACK_PATH = '/oauth/callback'

/** Where the browser that started an authorization goes first. */
export function connectUrl(publicUrl: string, authorizationId: string): string {
  return `${publicUrl}${CONNECT_PATH}/${authorizationId}`
}

/** The page that shows how an authorization ended. */
export function resultPath(authorizationId: string): string {
  return `${CONNECT_PATH}/${authorizationId}/result`
}

/** Where the provider sends the browser back to: one address per connector, so that no state serves another. */
export function redirectUri(publicUrl: string, connectorSlug: string): string {
  return `${publicUrl}${CALLBACK_PATH}/${connectorSlug}`
}
