import {
  type AuthorizationBinding,
  AuthorizationStatusDocument,
  AuthorizeConnectorDocument,
  CancelAuthorizationDocument,
} from '../../generated/documents/graphql.js'
import { type Attempt, isConnected, isOpen } from './attempt.js'
import { leadTo, openConsentWindow } from './consent-window.js'
import { type Kept, keepSubscribed } from './keep-subscribed.js'
import { withoutAnswer } from './returned.js'
import type { Transport } from './transport.js'

/** The browser tells nobody that a window was closed. */
const LOOK_AT_POPUP_MS = 500
/** After which a start without an answer counts as one that did not reach the API. */
const START_WAIT_MS = 30_000
/** After so much silence an attempt is asked for anew: a connection can be dead without anybody noticing. */
const SILENCE_MS = 60_000

export interface ConnectOptions {
  connectorId: string
  /** The setup whose step this is. */
  setupId?: string
  /** A ConnectedAccount to repair. */
  connectionId?: string
  /** 'popup' unless told; a blocked popup becomes a redirect. */
  display?: 'popup' | 'redirect'
  /** Where the browser comes back after a redirect; this page unless told. Its origin has to be allowed by Patchbay's operator. */
  returnTo?: string
  /** 'BROWSER' unless told. 'CONFIRM' for pages of another site than Patchbay's: the page of `returnTo` then has to confirm. */
  binding?: AuthorizationBinding
  /** What the new window says until the consent screen appears. */
  openingText?: string
  onChange?(state: ConnectState): void
}

export type ConnectState =
  | { phase: 'starting' }
  /** A closed popup is only a hint: consent may have been given before. `away` while the API is out of reach. */
  | { phase: 'waiting'; authorization: Attempt; popup: 'open' | 'closed'; away?: Error }
  /** The user has consented, and Patchbay fetches the tokens. */
  | { phase: 'checking'; authorization: Attempt; away?: Error }
  /** This page is being left for the consent screen. */
  | { phase: 'redirecting'; authorization: Attempt }
  /** SUCCEEDED; or SUPERSEDED, which says that another window finished first. */
  | { phase: 'connected'; authorization: Attempt }
  /** DENIED, FAILED, EXPIRED or CANCELED: `authorization.failure` says why. Still open only if the attempt is not there any more. */
  | { phase: 'not-connected'; authorization: Attempt }
  /** Patchbay did not start it, for a reason that its message explains to the user. */
  | { phase: 'refused'; error: { __typename: string; message: string } }
  /** The API was not reached, or refused the operation as such. Nothing was started. */
  | { phase: 'unreachable'; error: Error }

export interface Connecting {
  readonly state: ConnectState
  /** Resolves with the last state (connected, not-connected, refused, unreachable), or the present one on `stop`; never rejects. */
  readonly done: Promise<ConnectState>
  /** In a click: shows the consent window again, the open one to the front or a new one for the same attempt. */
  reopen(): void
  /** Gives the attempt up, and closes the window. Rejects when the API is not reached: then it goes on until it is. */
  cancel(): Promise<void>
  /** Stops watching; the attempt goes on. */
  stop(): void
}

/**
 * Connects an app, and tells how it goes. Has to be called in a click: the popup is opened before anything is waited for.
 * What is told comes from the server's subscription, never from the popup. Ends, one way or the other, within ten minutes.
 * @param browser the window of the page
 */
export function connectApp(transport: Transport, options: ConnectOptions, browser: Window = window): Connecting {
  const openingText = options.openingText ?? 'One moment …'
  let state: ConnectState = { phase: 'starting' }
  let attempt: Attempt | undefined
  let popup = options.display === 'redirect' ? null : openConsentWindow(browser, openingText)
  const display = popup ? 'POPUP' : 'REDIRECT'
  let leaving = false
  let away: Error | undefined
  let canceled = false
  let watching: Kept | undefined
  let silence: ReturnType<typeof setTimeout> | undefined
  let settle: (state: ConnectState) => void = () => {}
  let over = false
  const done = new Promise<ConnectState>((resolve) => {
    settle = resolve
  })
  const looking = setInterval(lookAtPopup, LOOK_AT_POPUP_MS)
  const started = start()

  async function start(): Promise<void> {
    const binding = options.binding ?? 'BROWSER'
    const returns = display === 'REDIRECT' || binding === 'CONFIRM'
    const input = {
      connectorId: options.connectorId,
      setupId: options.setupId ?? null,
      connectionId: options.connectionId ?? null,
      display,
      binding,
      returnTo: returns ? (options.returnTo ?? withoutAnswer(browser.location.href)) : null,
    } as const
    try {
      const { authorizeConnector: answer } = await inTime(transport.execute(AuthorizeConnectorDocument, { input }))
      if (answer.__typename === 'Authorization') begin(answer)
      else refuse({ phase: 'refused', error: answer })
    } catch (error) {
      refuse({ phase: 'unreachable', error: error instanceof Error ? error : new Error(String(error)) })
    }
  }

  function refuse(last: ConnectState) {
    popup?.close()
    end(last)
  }

  function begin(authorization: Attempt) {
    attempt = authorization
    if (canceled) return
    if (popup) leadTo(popup, authorization.url)
    leaving = display === 'REDIRECT'
    if (!over) {
      browser.addEventListener('pageshow', cameBack)
      watch(authorization)
      tell()
    }
    if (leaving) browser.location.assign(authorization.url)
  }

  function watch({ id }: Attempt) {
    watching = keepSubscribed(
      transport,
      AuthorizationStatusDocument,
      () => ({ id }),
      {
        next: ({ authorizationStatus }) => take(authorizationStatus),
        gone: () => attempt && end({ phase: 'not-connected', authorization: attempt }),
        away: (error) => {
          away = error
          tell()
        },
        back: () => {
          away = undefined
        },
      },
      browser,
    )
    listen()
  }

  function listen() {
    clearTimeout(silence)
    if (over) return
    silence = setTimeout(() => {
      watching?.restart()
      listen()
    }, SILENCE_MS)
  }

  /** Takes what the server says, unless something later is known. */
  function take(authorization: Attempt) {
    listen()
    if (attempt && authorization.revision < attempt.revision) return
    attempt = authorization
    tell()
  }

  function tell() {
    if (!attempt || over) return
    const authorization = attempt
    const apart = away && { away }
    if (isConnected(authorization)) end({ phase: 'connected', authorization })
    else if (!isOpen(authorization)) end({ phase: 'not-connected', authorization })
    else if (leaving) change({ phase: 'redirecting', authorization })
    else if (authorization.status === 'EXCHANGING') change({ phase: 'checking', authorization, ...apart })
    else change({ phase: 'waiting', authorization, popup: popup && !popup.closed ? 'open' : 'closed', ...apart })
  }

  function change(next: ConnectState) {
    state = next
    options.onChange?.(next)
  }

  function end(last: ConnectState) {
    if (over) return
    release()
    // Its own page closes the popup where the flow came to its end there; elsewhere it still shows a consent screen.
    if (attempt && ['SUPERSEDED', 'EXPIRED', 'CANCELED'].includes(attempt.status)) popup?.close()
    change(last)
    settle(last)
  }

  function release() {
    over = true
    watching?.stop()
    clearInterval(looking)
    clearTimeout(silence)
    browser.removeEventListener('pageshow', cameBack)
  }

  function lookAtPopup() {
    if (state.phase === 'waiting' && state.popup === 'open' && popup?.closed) tell()
  }

  /** The browser kept this page while it showed the consent screen, and the user went back. */
  function cameBack(event: PageTransitionEvent) {
    if (!event.persisted) return
    leaving = false
    tell()
  }

  return {
    get state() {
      return state
    },
    done,
    reopen() {
      if (over || canceled) return
      if (display === 'REDIRECT') {
        if (attempt) browser.location.assign(attempt.url)
        return
      }
      if (popup && !popup.closed) popup.focus()
      else {
        popup = openConsentWindow(browser, openingText)
        if (popup && attempt) leadTo(popup, attempt.url)
      }
      tell()
    },
    async cancel() {
      canceled = true
      popup?.close()
      await started
      if (!attempt || over) return
      const input = { authorizationId: attempt.id }
      const { cancelAuthorization: answer } = await transport.execute(CancelAuthorizationDocument, { input })
      if (answer.__typename === 'Authorization') take(answer)
    },
    stop() {
      if (over) return
      release()
      settle(state)
    },
  }
}

/** A network can leave a request without an answer for ever. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('There was no answer in time.')), START_WAIT_MS)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
