import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

export interface CollectedSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  attributes: { key: string; value: { stringValue?: string } }[]
}

interface TraceRequest {
  resourceSpans: { resource: { attributes: CollectedSpan['attributes'] }; scopeSpans: { spans: CollectedSpan[] }[] }[]
}

/** A collector that accepts OTLP over HTTP as JSON, on a free port of this machine. */
export async function startCollector() {
  const spans: CollectedSpan[] = []
  const services = new Set<string | undefined>()
  let requests = 0
  let wake = () => {}
  const server = createServer(async (request, response) => {
    requests++
    const { resourceSpans } = (await json(request)) as TraceRequest
    for (const { resource, scopeSpans } of resourceSpans) {
      services.add(resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue)
      spans.push(...scopeSpans.flatMap((scope) => scope.spans))
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    wake()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    services,
    get requests() {
      return requests
    },
    /** Waits for the first span that matches. */
    async span(fits: (span: CollectedSpan) => boolean): Promise<CollectedSpan> {
      for (;;) {
        const found = spans.find(fits)
        if (found) return found
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

/** The names of a span and of those above it, starting at the top. */
export function lineOf(span: CollectedSpan, spans: readonly CollectedSpan[]): string[] {
  const parent = spans.find(({ spanId, traceId }) => spanId === span.parentSpanId && traceId === span.traceId)
  return [...(parent ? lineOf(parent, spans) : []), span.name]
}
