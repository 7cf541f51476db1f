import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { NetworkFailure, NetworkReason } from '../domain/ports/network-failure.js'
import { decoded } from './content-encoding.js'
import { createGuardedAgent, type Network } from './guarded-agent.js'
import { hostOf, networkReasonOf, proxyErrorIn } from './network-reason.js'
import { ReceivedResponse } from './received-response.js'

const TIMEOUT_MS = 10_000
/** A timer fires this late only if the process was stopped. */
const STOPPED_MS = 1_000
/** What arrived while the process was stopped is read within this time. */
const CATCH_UP_MS = 1_000
const MAX_BODY_BYTES = 256 * 1024
/** Some APIs refuse requests that don't say who makes them. */
const DEFAULT_HEADERS = { accept: '*/*', 'user-agent': 'patchbay' }

/** Why talking to a provider failed. Contains neither the addresses that its host leads to nor what was received. */
export class GuardedFetchError extends Error implements NetworkFailure {
  override readonly name = 'GuardedFetchError'
  constructor(
    readonly reason: NetworkReason,
    readonly host: string,
    options?: ErrorOptions,
  ) {
    super(`request to the provider failed: ${reason}`, options)
    this.proxyStatus = proxyErrorIn(this.cause)?.status ?? null
  }

  readonly proxyStatus: number | null
}

export interface GuardedRequest {
  method?: string | undefined
  headers?: Record<string, string> | undefined
  body?: string | undefined
  /** How many redirects of a GET to follow, each through the same guard and in the same time. By default none. */
  maxRedirects?: number | undefined
}

/** Fetches from a provider. The response has been read completely, has at most 256 KB and is not a redirect. */
export type GuardedFetch = (url: string, request?: GuardedRequest) => Promise<Response>

/**
 * A fetch for addresses that others chose: ten seconds in total, 256 KB, no redirects, and only addresses that are
 * allowed (see createGuardedAgent). After being stopped for longer, a process still reads the response that has arrived,
 * because discarding it could lose new tokens.
 * @param timeoutMs for everything up to the end of the response
 * @throws GuardedFetchError
 */
export function createGuardedFetch({ timeoutMs = TIMEOUT_MS, ...network }: Network & { timeoutMs?: number }): {
  fetch: GuardedFetch
  /** Returns whether a host is an address that isn't allowed. A name is judged when a connection is made. */
  refusesAddress(hostname: string): boolean
  close(): Promise<void>
} {
  const guard = createGuardedAgent(network)
  const guarded: GuardedFetch = async (url, request = {}) => {
    await guard.open() // loading undici isn't part of the time
    using deadline = startDeadline(timeoutMs)
    const { signal } = deadline
    let host = hostOf(url)
    const send = (to: string) =>
      guard.request(to, {
        method: (request.method ?? 'GET') as Dispatcher.HttpMethod,
        headers: { ...DEFAULT_HEADERS, ...request.headers },
        body: request.body ?? null,
        signal,
      })
    try {
      let { statusCode, headers, body } = await send(url)
      let at = url
      for (let left = request.maxRedirects ?? 0; isRedirect(statusCode); left--) {
        body.on('error', () => {}).destroy()
        const next = left > 0 ? redirectOf(at, headers.location) : null
        if (next === null) throw new GuardedFetchError('REDIRECTED', host)
        at = next
        host = hostOf(next)
        ;({ statusCode, headers, body } = await send(next))
      }
      const received = await readCapped(body)
      const content = received && (await decoded(received, headers['content-encoding'], MAX_BODY_BYTES))
      if (!content) throw new GuardedFetchError('TOO_LARGE', host)
      return new ReceivedResponse(content, { status: statusCode, headers: headersOf(headers) })
    } catch (error) {
      if (error instanceof GuardedFetchError) throw error
      throw new GuardedFetchError(signal.aborted ? 'TIMED_OUT' : networkReasonOf(error), host, { cause: error })
    }
  }
  return { fetch: guarded, refusesAddress: guard.addresses.refusesLiteral, close: guard.close }
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}

/** @returns null unless it leads to a web address, and from https to https */
function redirectOf(from: string, location: string | string[] | undefined): string | null {
  if (typeof location !== 'string' || !URL.canParse(location, from)) return null
  const to = new URL(location, from)
  const isAllowed = to.protocol === 'https:' || (to.protocol === 'http:' && new URL(from).protocol === 'http:')
  return isAllowed ? to.href : null
}

function headersOf(headers: IncomingHttpHeaders): Headers {
  const list = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    for (const one of [value ?? []].flat()) list.append(name, one)
  }
  return list
}

function startDeadline(timeoutMs: number): Disposable & { signal: AbortSignal } {
  const over = new AbortController()
  const startedAtMs = performance.now()
  const expire = () => {
    if (performance.now() - startedAtMs < timeoutMs + STOPPED_MS) over.abort()
    else timer = setTimeout(() => over.abort(), CATCH_UP_MS)
  }
  let timer = setTimeout(expire, timeoutMs)
  return { signal: over.signal, [Symbol.dispose]: () => clearTimeout(timer) }
}

/** @returns null if it is too large */
async function readCapped(stream: AsyncIterable<Uint8Array> | null): Promise<Buffer<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream ?? []) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks) as Buffer<ArrayBuffer>
}
