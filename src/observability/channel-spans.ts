import { channel, tracingChannel } from 'node:diagnostics_channel'
import { type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'

/** What undici publishes about a request (see "Diagnostics Channel Support" in its documentation). */
interface Outgoing {
  request: { method?: string; origin?: string | URL }
  response?: { statusCode: number }
}

/** What ioredis publishes about a command. */
interface Command {
  command?: string
  serverAddress?: string
}

/**
 * Creates a span for every request to an app or a host's JWKS, with its host and status. Leaves out the path and the
 * query, because they may contain codes and ids.
 */
export function followOutgoingRequests(tracer: Tracer): () => void {
  const spans = new OpenSpans()
  return subscribe({
    'undici:request:create': ({ request }: Outgoing) => {
      const { method = 'GET', origin } = request
      const attributes = {
        'http.request.method': method,
        'server.address': origin === undefined ? '' : new URL(origin).host,
      }
      spans.open(request, tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes }))
    },
    'undici:request:headers': ({ request, response }: Outgoing) => {
      if (response) spans.of(request)?.setAttribute('http.response.status_code', response.statusCode)
    },
    'undici:request:trailers': ({ request }: Outgoing) => spans.end(request),
    'undici:request:error': ({ request }: Outgoing) => spans.end(request, { failed: true }),
  })
}

/** Creates a span for every Redis command, with its name but not its arguments. */
export function followRedisCommands(tracer: Tracer): () => void {
  const spans = new OpenSpans()
  const commands = tracingChannel<object>('ioredis:command')
  const subscribers = {
    start(message: object) {
      const { command = '', serverAddress } = message as Command
      const name = command.toUpperCase()
      const attributes = {
        'db.system.name': 'redis',
        'db.operation.name': name,
        ...(serverAddress !== undefined && { 'server.address': serverAddress }),
      }
      spans.open(message, tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }))
    },
    end: () => {},
    asyncStart: () => {},
    asyncEnd: (message: object) => spans.end(message),
    error: (message: object) => spans.end(message, { failed: true }),
  }
  commands.subscribe(subscribers)
  return () => commands.unsubscribe(subscribers)
}

function subscribe(listeners: Record<string, (message: Outgoing) => void>): () => void {
  const all = Object.entries(listeners).map(([name, listen]) => {
    const received = (message: unknown) => listen(message as Outgoing)
    channel(name).subscribe(received)
    return () => channel(name).unsubscribe(received)
  })
  return () => {
    for (const unsubscribe of all) unsubscribe()
  }
}

/** Open spans, by what they are about. */
class OpenSpans {
  readonly #spans = new WeakMap<object, Span>()

  open(subject: object, span: Span): void {
    this.#spans.set(subject, span)
  }

  of(subject: object): Span | undefined {
    return this.#spans.get(subject)
  }

  /** Ends a span, once. */
  end(subject: object, { failed = false } = {}): void {
    const span = this.#spans.get(subject)
    this.#spans.delete(subject)
    if (failed) span?.setStatus({ code: SpanStatusCode.ERROR })
    span?.end()
  }
}
