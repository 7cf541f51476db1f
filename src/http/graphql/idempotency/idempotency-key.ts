import type { IncomingMessage, ServerResponse } from 'node:http'

/** How a request says which key it has, and how its response says that nothing was executed again. */
export interface KeyChannel {
  /** The header as it was sent. Undefined if there is none. */
  readonly header: string | undefined
  markReplayed(): void
}

/** For operations that can't have a key, such as those over WebSocket. */
export const NO_KEY: KeyChannel = { header: undefined, markReplayed: () => {} }

export function keyChannelOf({ headersDistinct }: IncomingMessage, response: ServerResponse): KeyChannel {
  const headers = headersDistinct['idempotency-key']
  if (!headers) return NO_KEY
  return {
    // Several can't be one key. As one line, they would look like one.
    header: headers.join('\n'),
    markReplayed: () => void response.setHeader('idempotency-replayed', 'true'),
  }
}

const KEY = /^[\x20-\x7e]{1,255}$/
/** RFC 9651 §3.3.3, as draft-ietf-httpapi-idempotency-key-header wants it. */
const QUOTED = /^"((?:[^"\\]|\\["\\])*)"$/

/** Returns the key in a header, which may be quoted. Null if it can't be one. */
export function keyIn(header: string): string | null {
  const key = QUOTED.exec(header)?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? header
  return KEY.test(key) ? key : null
}
