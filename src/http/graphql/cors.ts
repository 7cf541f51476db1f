const METHODS = ['GET', 'POST']
const EXPOSED = ['x-request-id', 'www-authenticate', 'idempotency-replayed']

/** What pages of an allowed origin may do, as yoga's options. */
export function corsOptions(origin: string) {
  return { origin, credentials: true, methods: METHODS, exposedHeaders: EXPOSED }
}

/** The same as headers of a response. Requests without an Origin don't come from pages. */
export function corsHeaders(origin: string | undefined): Record<string, string> {
  if (origin === undefined) return {}
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': METHODS.join(', '),
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': EXPOSED.join(', '),
  }
}
