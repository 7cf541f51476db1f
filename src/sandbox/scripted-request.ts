import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AppState, ProtocolRequest } from './app-state.js'
import { failureBody } from './pages/consent-pages.js'

/** One request to a protocol endpoint, on its way through the script. */
export interface Scripted {
  ctx: KoaContextWithOIDC
  state: AppState
  /** what the healthy app does */
  work: () => Promise<void>
  /** writes down what was asked and is answered; `parameters` where oidc-provider has not read them */
  record: (parameters?: URLSearchParams) => ProtocolRequest
  /** aborts when nobody waits for the answer any more */
  gone: AbortSignal
}

/** What a server in front of the app says when the app cannot be reached: a status and HTML. */
export function failWith(ctx: KoaContextWithOIDC, state: AppState, status: number): void {
  sendRetryAfter(ctx, state)
  ctx.status = status
  ctx.type = 'html'
  ctx.body = failureBody(status)
}

export function sendRetryAfter(ctx: KoaContextWithOIDC, { behaviour }: AppState): void {
  const { retryAfterSeconds, retryAfterAs } = behaviour
  if (retryAfterSeconds === null) return
  // A date has whole seconds: rounded up, so that it is never earlier than asked for.
  const date = new Date(Math.ceil(Date.now() / 1000 + retryAfterSeconds) * 1000)
  ctx.set('Retry-After', retryAfterAs === 'date' ? date.toUTCString() : String(retryAfterSeconds))
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
