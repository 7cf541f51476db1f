import { secureHeaders } from 'hono/secure-headers'

const NONE = ["'none'"]
const OWN = ["'self'"]
const UNUSED = ['camera', 'microphone', 'geolocation', 'payment', 'usb'] as const

/** What a browser may do with the wizard: run its own files and call Patchbay, and get the user's token. */
export function wizardHeaders(publicUrl: string, tokenUrl: string) {
  // Not every browser takes 'self' for WebSockets of one's own origin.
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
    // TLS is the proxy's.
    strictTransportSecurity: false,
  })
}
