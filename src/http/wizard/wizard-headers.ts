import { createHash } from 'node:crypto'
import { secureHeaders } from 'hono/secure-headers'

const NONE = ["'none'"]
const OWN = ["'self'"]
const UNUSED = ['camera', 'microphone', 'geolocation', 'payment', 'usb'] as const

interface WizardHeadersOptions {
  publicUrl: string
  tokenUrl: string
  /** The style sheet in the page, if there is one. */
  style: string
  /** The origins that may show the page in a frame. */
  frameAncestors: readonly string[]
}

/** What a browser may do with the wizard: run its own files, call Patchbay and get the user's token. */
export function wizardHeaders({ publicUrl, tokenUrl, style, frameAncestors }: WizardHeadersOptions) {
  // Some browsers don't accept 'self' for WebSockets on the page's own origin.
  const webSockets = publicUrl.replace(/^http/, 'ws')
  const tokenOrigin = new URL(tokenUrl, publicUrl).origin
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: NONE,
      scriptSrc: OWN,
      styleSrc: style === '' ? OWN : [...OWN, `'sha256-${createHash('sha256').update(style).digest('base64')}'`],
      imgSrc: [...OWN, 'data:'],
      fontSrc: OWN,
      connectSrc: [...OWN, webSockets, ...(tokenOrigin === publicUrl ? [] : [tokenOrigin])],
      frameAncestors: frameAncestors.length === 0 ? NONE : [...frameAncestors],
      baseUri: NONE,
      formAction: NONE,
    },
    // Consent screens open in popups of the page.
    crossOriginOpenerPolicy: 'same-origin-allow-popups',
    permissionsPolicy: Object.fromEntries(UNUSED.map((feature) => [feature, []])),
    referrerPolicy: 'no-referrer',
    // It can't list origins. Browsers that know frame-ancestors ignore it, but not every other program does.
    xFrameOptions: frameAncestors.length === 0 ? 'DENY' : false,
    // TLS is up to the proxy.
    strictTransportSecurity: false,
  })
}
