import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, fetch as undiciFetch } from 'undici'

const TIMEOUT_MS = 10_000
const MAX_BODY_BYTES = 256 * 1024

export type GuardReason = 'PRIVATE_ADDRESS' | 'REDIRECTED' | 'TOO_LARGE' | 'UNREACHABLE' | 'TIMED_OUT'

/** Why a provider could not be spoken to. Carries neither addresses nor what was received. */
export class GuardedFetchError extends Error {
  override readonly name = 'GuardedFetchError'
  constructor(
    readonly reason: GuardReason,
    options?: ErrorOptions,
  ) {
    super(`request to the provider failed: ${reason}`, options)
  }
}

export interface GuardedRequest {
  method?: string | undefined
  headers?: Record<string, string> | undefined
  body?: string | undefined
}

/** Fetches from a provider; the answer has been read whole, with at most 256 KB, and is no redirect. */
export type GuardedFetch = (url: string, request?: GuardedRequest) => Promise<Response>

/**
 * A fetch for addresses that others chose: ten seconds for everything, 256 KB, no redirects and, unless private
 * addresses are allowed, only the public internet. Names are resolved once, for the connection itself, so a second
 * answer of the resolver cannot lead elsewhere. Connections are kept alive.
 * @throws GuardedFetchError
 */
export function createGuardedFetch({ allowPrivate }: { allowPrivate: boolean }): {
  fetch: GuardedFetch
  close(): Promise<void>
} {
  const agent = new Agent({ connect: allowPrivate ? {} : { lookup: publicLookup } })
  const guarded: GuardedFetch = async (url, request = {}) => {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
    if (!allowPrivate && isIP(host) !== 0 && !isPublic(host)) throw new GuardedFetchError('PRIVATE_ADDRESS')
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    try {
      const response = await undiciFetch(url, {
        method: request.method ?? 'GET',
        headers: request.headers ?? {},
        body: request.body ?? null,
        redirect: 'manual',
        dispatcher: agent,
        signal,
      })
      if (response.status >= 300 && response.status < 400) {
        await response.body?.cancel()
        throw new GuardedFetchError('REDIRECTED')
      }
      const body = await readCapped(response.body)
      const bodiless = response.status === 204 || response.status === 205
      return new Response(bodiless ? null : body, { status: response.status, headers: [...response.headers] })
    } catch (error) {
      throw guardedError(error, signal)
    }
  }
  return { fetch: guarded, close: () => agent.close() }
}

async function readCapped(stream: AsyncIterable<Uint8Array> | null): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream ?? []) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw new GuardedFetchError('TOO_LARGE')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks) as Buffer<ArrayBuffer>
}

function guardedError(error: unknown, signal: AbortSignal): GuardedFetchError {
  if (error instanceof GuardedFetchError) return error
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof GuardedFetchError) return cause
  return new GuardedFetchError(signal.aborted ? 'TIMED_OUT' : 'UNREACHABLE', { cause: error })
}

/** Azure answers virtual machines there with their certificates and keys, under an address of the internet. */
const AZURE_WIRE_SERVER = '168.63.129.16'
/** All of IPv6 that is handed out to networks; what lies outside may still be routed somewhere, `::127.0.0.1` for one. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3')

/** Whether an address belongs to the public internet: not loopback, link-local, private, reserved or a mapped form of these. */
export function isPublic(address: string): boolean {
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast' || parsed.toString() === AZURE_WIRE_SERVER) return false
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6)
}

const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, '')
    const refused = addresses.length === 0 || addresses.some(({ address }) => !isPublic(address))
    if (refused) return callback(new GuardedFetchError('PRIVATE_ADDRESS'), '')
    if (options.all) return callback(null, addresses)
    const [first] = addresses
    callback(null, first?.address ?? '', first?.family)
  })
}
