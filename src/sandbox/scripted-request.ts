import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AppState, ProtocolRequest } from './app-state.js'
import { failureBody } from './pages/consent-pages.js'

/** One request to a protocol endpoint, while the script handles it. */
export interface Scripted {
  ctx: KoaContextWithOIDC
  state: AppState
  /** does what a healthy app does */
  work: () => Promise<void>
  /** records the request and the response; pass `parameters` if oidc-provider hasn't read them */
  record: (parameters?: URLSearchParams) => ProtocolRequest
  /** aborts once the client no longer waits for the response */
  gone: AbortSignal
}

/** Responds as a server in front of the app does when it can't reach the app: with a status and HTML. */
export function failWith(ctx: KoaContextWithOIDC, state: AppState, status: number): void {
  sendRetryAfter(ctx, state)
  ctx.status = status
  ctx.type = 'html'
  ctx.body = failureBody(status)
}

export function sendRetryAfter(ctx: KoaContextWithOIDC, { behavior }: AppState): void {
  const { retryAfterSeconds, retryAfterAs } = behavior
  if (retryAfterSeconds === null) return
  // A date has whole seconds. Rounding up makes sure that it's never earlier than requested.
  const date = new Date(Math.ceil(Date.now() / 1000 + retryAfterSeconds) * 1000)
  ctx.set('Retry-After', retryAfterAs === 'date' ? date.toUTCString() : String(retryAfterSeconds))
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
