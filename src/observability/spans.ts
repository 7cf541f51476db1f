import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'

/** Does nothing until tracing has been started. */
const tracer = trace.getTracer('patchbay')

export interface ServerSpan {
  /** Runs work beneath the span. */
  run<T>(work: () => T): T
  end(outcome: { failed: boolean; attributes?: Attributes }): void
}

/**
 * The span of one request.
 * @param headers of the request, in which its caller may say of which trace it is a part (W3C Trace Context)
 */
export function startServerSpan(name: string, attributes: Attributes, headers: object = {}): ServerSpan {
  const parent = propagation.extract(ROOT_CONTEXT, headers)
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent)
  const within = trace.setSpan(parent, span)
  return {
    run: (work) => context.with(within, work),
    end({ failed, attributes = {} }) {
      span.setAttributes(attributes)
      endSpan(span, failed)
    },
  }
}

/** Begins a span beneath the present one; the returned function ends it. */
export function startSpan(name: string, attributes: Attributes = {}): (failed?: boolean) => void {
  const span = tracer.startSpan(name, { attributes })
  return (failed = false) => endSpan(span, failed)
}

/** Runs work in a span beneath the present one. What it throws marks the span and tells it nothing else. */
export async function inSpan<T>(name: string, attributes: Attributes, work: () => T | Promise<T>): Promise<T> {
  const span = tracer.startSpan(name, { attributes })
  let failed = true
  try {
    const result = await context.with(trace.setSpan(context.active(), span), work)
    failed = false
    return result
  } finally {
    endSpan(span, failed)
  }
}

/** Runs work that belongs to no trace: what a subscriber is pushed hours later is no part of its subscription's trace. */
export function outsideTraces<T>(work: () => T): T {
  return context.with(ROOT_CONTEXT, work)
}

/** For log lines: which trace is active. */
export function traceFields(active: Context = context.active()): { trace_id?: string; span_id?: string } {
  const spanContext = trace.getSpanContext(active)
  if (!spanContext || !isSpanContextValid(spanContext)) return {}
  return { trace_id: spanContext.traceId, span_id: spanContext.spanId }
}

function endSpan(span: Span, failed: boolean): void {
  if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}
