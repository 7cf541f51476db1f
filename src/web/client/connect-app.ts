import {
  type AuthorizationBinding,
  AuthorizeConnectorDocument,
  CancelAuthorizationDocument,
} from '../../generated/client/graphql.js'
import { type Attempt, isConnected, isOpen } from './attempt.js'
import { openPopup, sendTo } from './popup.js'
import { withoutReturned } from './returned.js'
import { ApiError, type Transport } from './transport.js'
import { asksToWait, messageForPeople, type TypedError, tooOften } from './typed-errors.js'
import { watchAuthorization } from './watch.js'

const LOOK_AT_POPUP_EVERY_MS = 500
/**
 * If the API doesn't respond to the start within this time, the client gives up. A network can leave a request
 * unanswered forever.
 */
const START_PATIENCE_MS = 30_000
/** If the page is still there this long after a redirect started, the person stopped the redirect or came back. */
const REDIRECT_PATIENCE_MS = 10_000

export interface ConnectOptions {
  /** The id of the Connector. */
  connectorId: string
  /** The setup whose step this is for. The step then uses the account that the person connects. */
  setupId?: string
  /** The connection to repair. The person has to consent with the same account. */
  connectionId?: string
  /**
   * What the person entered for the connector's `variables`, by name. A connection to repair keeps its own, so leave
   * them out.
   */
  variables?: Readonly<Record<string, string>>
  /** `popup` by default. If the browser blocks the popup, the page redirects instead. In a frame, the whole window does. */
  display?: 'popup' | 'redirect'
  /**
   * Where the browser goes after a redirect, or after consent with the binding CONFIRM. By default this page. Its origin
   * must be Patchbay's own or listed in `PATCHBAY_RETURN_ORIGINS`.
   */
  returnTo?: string
  /**
   * How Patchbay makes sure that the person who consents is the one who clicked. BROWSER by default. A page on another
   * site needs CONFIRM.
   */
  binding?: AuthorizationBinding
  /** What the popup shows until the consent screen loads. By default “Opening…”. */
  openingText?: string
  /** Called with each state after the first. */
  onChange?(state: ConnectState): void
}

export type ConnectState =
  | { phase: 'starting' }
  /**
   * The person is at the consent screen, in the popup or elsewhere. `closed` means that the popup looks closed. That's a hint
   * to offer `reopen()`, not a failure: the person may have finished first, and with some pages' policies every popup looks closed.
   */
  | { phase: 'waiting'; authorization: Attempt; popup: 'open' | 'closed'; away?: Error }
  /**
   * The person consented, and Patchbay is fetching the tokens. If `away` is set, here or above, the API is out of reach
   * and the client keeps trying.
   */
  | { phase: 'checking'; authorization: Attempt; away?: Error }
  /** The browser is leaving this page for the consent screen. */
  | { phase: 'redirecting'; authorization: Attempt }
  /** The app is connected, by this authorization or by another one that finished first. */
  | { phase: 'connected'; authorization: Attempt }
  /** Denied, failed, canceled or expired. `authorization.failure` says why and what to do. */
  | { phase: 'not-connected'; authorization: Attempt }
  /**
   * The API refused. `message` tells the person what happened and what to do. `error` is the API's typed error, for
   * developers: log it, and don't show it. A `NotFoundError` can also mean that the authorization no longer exists. If the
   * person starts too many, its `__typename` is the API's code, `TOO_MANY_REQUESTS`.
   */
  | { phase: 'refused'; message: string; error: TypedError }
  /** The authorization couldn't be started. The API wasn't reached, or it rejected this caller (an `ApiError`). */
  | { phase: 'unreachable'; error: Error }

export interface Connecting {
  readonly state: ConnectState
  /** Resolves with the last state once it is final or `stop()` was called. Never rejects. */
  readonly done: Promise<ConnectState>
  /** Brings the popup to the front, or opens the same authorization in a new one. Call it in a click. */
  reopen(): void
  /**
   * Closes the popup and cancels the authorization. If the authorization has already ended, the state says how, as usual.
   * Rejects if the API wasn't reached or refuses. Then the state doesn't change, and the authorization ends at its deadline
   * at the latest.
   */
  cancel(): Promise<void>
  /** Stops listening. The authorization continues, and the person can still finish it in the popup. */
  stop(): void
}

/**
 * Connects an app. Call it in the click itself, so that the browser allows the popup. The outcome comes only from the server.
 * The popup is just where the person consents.
 */
export function connectApp(transport: Transport, options: ConnectOptions, browser: Window = window): Connecting {
  const openingText = options.openingText ?? 'Opening…'
  let popup = options.display === 'redirect' ? null : openPopup(browser, openingText)
  const display = popup ? 'POPUP' : 'REDIRECT'
  let state: ConnectState = { phase: 'starting' }
  let attempt: Attempt | undefined
  let away: Error | undefined
  let isLeaving = false
  let isCanceled = false
  let isOver = false
  let stopWatching = () => {}
  let popupTimer: ReturnType<typeof setInterval> | undefined
  let leaveTimer: ReturnType<typeof setTimeout> | undefined
  let finish = (_last: ConnectState) => {}
  const done = new Promise<ConnectState>((resolve) => {
    finish = resolve
  })
  const started = start()

  async function start(): Promise<Attempt | null> {
    let answer: Awaited<ReturnType<typeof authorize>>
    try {
      answer = await inTime(authorize())
    } catch (error) {
      popup?.close()
      end(asksToWait(error) ? refused(tooOften(error)) : { phase: 'unreachable', error: asError(error) })
      return null
    }
    if (answer.__typename !== 'Authorization') {
      popup?.close()
      end(refused(answer))
      return null
    }
    attempt = answer
    if (!isCanceled) open(answer.url)
    if (!isOver) {
      browser.addEventListener('pageshow', cameBack)
      stopWatching = watchAuthorization(transport, answer.id, {
        next: take,
        gone: () => end(refused(VANISHED)),
        away(error) {
          away = error
          show()
        },
        back() {
          away = undefined
          show()
        },
      })
      show()
    }
    return answer
  }

  async function authorize() {
    const { connectorId, setupId = null, connectionId = null, binding = 'BROWSER' } = options
    const comesBack = display === 'REDIRECT' || binding === 'CONFIRM'
    const returnTo = options.returnTo ?? (comesBack ? withoutReturned(browser.location.href) : null)
    const entered = Object.entries(options.variables ?? {})
    const variables = entered.map(([name, value]) => ({ name, value }))
    const start = { connectorId, setupId, connectionId, binding, display, returnTo } as const
    // An older server doesn't know variables.
    const input = variables.length > 0 ? { ...start, variables } : start
    return (await transport.execute(AuthorizeConnectorDocument, { input })).authorizeConnector
  }

  /** Sends the popup or this page to the consent screen. */
  function open(url: string) {
    if (popup) return sendTo(popup, url)
    if (isOver) return // stopped before it began: the person wants to stay on this page
    isLeaving = true
    leaveTimer = setTimeout(stayed, REDIRECT_PATIENCE_MS)
    leaveFor(url)
  }

  /** Leaves with the whole window, because neither Patchbay's pages nor consent screens can be shown in a frame. */
  function leaveFor(url: string) {
    const { top } = browser
    if (!top || top === browser) return browser.location.assign(url)
    try {
      top.location.href = url // the only thing that a page of another origin may do with it
    } catch {
      stayed() // the frame is sandboxed
    }
  }

  function stayed() {
    clearTimeout(leaveTimer)
    isLeaving = false
    show()
  }

  /** Handles the browser showing this page again from its back/forward cache, after the consent screen. */
  function cameBack({ persisted }: PageTransitionEvent) {
    if (persisted && isLeaving) stayed()
  }

  function take(newer: Attempt) {
    if (isOver || !attempt || newer.revision < attempt.revision) return
    if (!isEqual(attempt, newer)) attempt = newer
    away = undefined
    show()
  }

  /** Reports the state if it changed. */
  function show() {
    if (isOver || !attempt) return
    const authorization = attempt
    if (!isOpen(authorization)) {
      // The consent screen no longer leads anywhere. In all other cases, the popup itself shows how it ended.
      if (authorization.status === 'SUPERSEDED' || authorization.status === 'CANCELED') popup?.close()
      return end({ phase: isConnected(authorization) ? 'connected' : 'not-connected', authorization })
    }
    const reach = away && { away }
    if (authorization.status === 'EXCHANGING') return to({ phase: 'checking', authorization, ...reach })
    if (isLeaving) return to({ phase: 'redirecting', authorization })
    to({ phase: 'waiting', authorization, popup: popup && !popup.closed ? 'open' : 'closed', ...reach })
  }

  function end(last: ConnectState) {
    if (isOver) return
    isOver = true
    to(last)
    cease()
  }

  function cease() {
    isOver = true
    clearInterval(popupTimer)
    clearTimeout(leaveTimer)
    browser.removeEventListener('pageshow', cameBack)
    stopWatching()
    finish(state)
  }

  function to(next: ConnectState) {
    if (isSame(state, next)) return
    state = next
    clearInterval(popupTimer)
    if (next.phase === 'waiting' && popup) popupTimer = setInterval(show, LOOK_AT_POPUP_EVERY_MS)
    try {
      options.onChange?.(next)
    } catch (error) {
      // The listener's error should be reported, but must not stop anything here.
      queueMicrotask(() => {
        throw error
      })
    }
  }

  return {
    get state() {
      return state
    },
    done,
    reopen() {
      if (isOver || isCanceled || isLeaving || state.phase === 'checking') return
      if (display === 'REDIRECT') {
        if (attempt) open(attempt.url)
      } else if (popup && !popup.closed) popup.focus()
      else {
        popup = openPopup(browser, openingText) ?? popup
        if (attempt && popup) sendTo(popup, attempt.url)
      }
      show()
    },
    async cancel() {
      isCanceled = true
      popup?.close()
      const canceled = await started
      if (!canceled || (attempt && !isOpen(attempt))) return
      show()
      const { cancelAuthorization: answer } = await transport
        .execute(CancelAuthorizationDocument, { input: { authorizationId: canceled.id } })
        .catch((error: unknown) => {
          isCanceled = false
          throw asError(error)
        })
      if (answer.__typename === 'Authorization') take(answer)
      else if (answer.__typename === 'ForbiddenError') throw new ApiError(answer.message, answer.__typename)
    },
    stop: cease,
  }
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('Patchbay didn’t respond in time.')), START_PATIENCE_MS)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

const VANISHED = { __typename: 'NotFoundError', message: 'This authorization no longer exists.' }

function refused(error: TypedError): Extract<ConnectState, { phase: 'refused' }> {
  return { phase: 'refused', message: messageForPeople(error), error }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

/** Compares without the revision, which also grows with changes elsewhere. */
function isEqual(one: Attempt, other: Attempt): boolean {
  return JSON.stringify({ ...one, revision: other.revision }) === JSON.stringify(other)
}

function isSame(one: ConnectState, other: ConnectState): boolean {
  const entries = Object.entries(other)
  return (
    entries.length === Object.keys(one).length &&
    entries.every(([name, value]) => (one as Record<string, unknown>)[name] === value)
  )
}
