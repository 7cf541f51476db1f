import {
  type AuthorizationBinding,
  AuthorizeConnectorDocument,
  CancelAuthorizationDocument,
} from '../../generated/client/graphql.js'
import { type Attempt, isConnected, isOpen } from './attempt.js'
import { openPopup, sendTo } from './popup.js'
import { withoutReturned } from './returned.js'
import { ApiError, type Transport } from './transport.js'
import { watchAuthorization } from './watch.js'

const LOOK_AT_POPUP_EVERY_MS = 500
/** A start that is not answered within this has not reached the API. A network can leave a request unanswered for ever. */
const START_PATIENCE_MS = 30_000
/** A page that was to leave and is still there after this long has not left: the person stopped it, or came back. */
const REDIRECT_PATIENCE_MS = 10_000

export interface ConnectOptions {
  /** Id of the Connector. */
  connectorId: string
  /** The setup whose step it is for; that step is bound to the account that is connected. */
  setupId?: string
  /** The connection to repair: the same account has to consent. */
  connectionId?: string
  /** `popup` unless told. A popup that the browser blocks becomes a redirect. */
  display?: 'popup' | 'redirect'
  /**
   * Where the browser goes after a redirect, or after the consent with the binding CONFIRM: this page unless told. Its
   * origin has to be Patchbay's or in `PATCHBAY_RETURN_ORIGINS`.
   */
  returnTo?: string
  /** How it is made sure that who consents is who clicked. BROWSER unless told; a page of another site needs CONFIRM. */
  binding?: AuthorizationBinding
  /** What the popup shows until the consent screen comes. */
  openingText?: string
  /** Told each state after the first. */
  onChange?(state: ConnectState): void
}

export type ConnectState =
  | { phase: 'starting' }
  /**
   * The person is asked, in the popup or elsewhere. `closed` means that the popup seems to be: it is a hint to offer `reopen()`, never
   * a failure, because the person may have finished first, and because pages with a policy of their own always read it so.
   */
  | { phase: 'waiting'; authorization: Attempt; popup: 'open' | 'closed'; away?: Error }
  /** Consent was given, and Patchbay fetches the tokens. `away`, here and above: the API is out of reach, and is tried again. */
  | { phase: 'checking'; authorization: Attempt; away?: Error }
  /** This page is left for the consent screen. */
  | { phase: 'redirecting'; authorization: Attempt }
  /** The app is connected, by this attempt or by another that finished first. */
  | { phase: 'connected'; authorization: Attempt }
  /** Denied, failed, canceled, or out of time: `authorization.failure` says why and what to do. */
  | { phase: 'not-connected'; authorization: Attempt }
  /** A typed error of the API, for the person. `NotFoundError` also when the attempt vanished on the way. */
  | { phase: 'refused'; error: { __typename: string; message: string } }
  /** The attempt could not be started: the API was not reached, or says (an `ApiError`) that it does not serve this caller. */
  | { phase: 'unreachable'; error: Error }

export interface Connecting {
  readonly state: ConnectState
  /** Resolves once, with the last state, when nothing more will come, also by `stop()`. Never rejects. */
  readonly done: Promise<ConnectState>
  /** In a click: brings the window to the front, or opens the same attempt in a new one. */
  reopen(): void
  /**
   * Closes the window and gives the attempt up. That an attempt has ended meanwhile is no error: its end is told as any other.
   * Rejects when the API was not reached or refuses; then the state stays, and the attempt ends by its deadline at the latest.
   */
  cancel(): Promise<void>
  /** Listens no longer. The attempt goes on, and the person can finish it in the window. */
  stop(): void
}

/**
 * Connects an app. To be called in the click itself, so that the browser lets the popup open. What the state says comes from the
 * server alone; the popup is only where the person is asked.
 */
export function connectApp(transport: Transport, options: ConnectOptions, browser: Window = window): Connecting {
  const openingText = options.openingText ?? 'Opening …'
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
      end({ phase: 'unreachable', error: asError(error) })
      return null
    }
    if (answer.__typename !== 'Authorization') {
      popup?.close()
      end({ phase: 'refused', error: answer })
      return null
    }
    attempt = answer
    if (!isCanceled) open(answer.url)
    if (!isOver) {
      browser.addEventListener('pageshow', cameBack)
      stopWatching = watchAuthorization(transport, answer.id, {
        next: take,
        gone: () => end({ phase: 'refused', error: VANISHED }),
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
    const input = { connectorId, setupId, connectionId, binding, display, returnTo } as const
    return (await transport.execute(AuthorizeConnectorDocument, { input })).authorizeConnector
  }

  /** Leads the person to the consent screen. */
  function open(url: string) {
    if (popup) return sendTo(popup, url)
    if (isOver) return // whoever stopped before it began wants to stay on the page
    isLeaving = true
    leaveTimer = setTimeout(stayed, REDIRECT_PATIENCE_MS)
    browser.location.assign(url)
  }

  function stayed() {
    clearTimeout(leaveTimer)
    isLeaving = false
    show()
  }

  /** Kept as it was while the consent screen was shown, the page is shown again. */
  function cameBack({ persisted }: PageTransitionEvent) {
    if (persisted && isLeaving) stayed()
  }

  function take(newer: Attempt) {
    if (isOver || !attempt || newer.revision < attempt.revision) return
    if (!isEqual(attempt, newer)) attempt = newer
    away = undefined
    show()
  }

  /** Says how it stands, if that is news. */
  function show() {
    if (isOver || !attempt) return
    const authorization = attempt
    if (!isOpen(authorization)) {
      // Its consent screen leads nowhere any more; of any other end the window tells by itself.
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
      // The fault of whoever listens: to be seen, and to stop nothing here.
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
    timer = setTimeout(() => reject(new Error('There was no answer in time.')), START_PATIENCE_MS)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

const VANISHED = { __typename: 'NotFoundError', message: 'This attempt is no longer there. Start again.' }

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

/** Revisions count what the person sees elsewhere, too. */
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
