import { secureHeaders } from 'hono/secure-headers'

const NONE = ["'none'"]
const OWN = ["'self'"]
const UNUSED = ['camera', 'microphone', 'geolocation', 'payment', 'usb'] as const

/** What a browser may do with the wizard: run its own files, call Patchbay and get the user's token. */
export function wizardHeaders(publicUrl: string, tokenUrl: string) {
  // Some browsers don't accept 'self' for WebSockets on the page's own origin.
  const webSockets = publicUrl.replace(/^http/, 'ws')
  const tokenOrigin = new URL(tokenUrl, publicUrl).origin
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: NONE,
      scriptSrc: OWN,
      styleSrc: OWN,
      imgSrc: [...OWN, 'data:'],
      fontSrc: OWN,
      connectSrc: [...OWN, webSockets, ...(tokenOrigin === publicUrl ? [] : [tokenOrigin])],
      frameAncestors: NONE,
      baseUri: NONE,
      formAction: NONE,
    },
    // Consent screens open in popups of the page.
    crossOriginOpenerPolicy: 'same-origin-allow-popups',
    permissionsPolicy: Object.fromEntries(UNUSED.map((feature) => [feature, []])),
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    // TLS is up to the proxy.
    strictTransportSecurity: false,
  })
}
