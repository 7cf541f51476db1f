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
  /** Runs work within the span. */
  run<T>(work: () => T): T
  end(outcome: { failed: boolean; attributes?: Attributes }): void
}

/** Without tracing, a request creates no contexts. */
const UNTRACED: ServerSpan = { run: (work) => work(), end: () => {} }

/**
 * Returns the span of one request.
 * @param headers the request's headers, which may name its caller's trace (W3C Trace Context)
 */
export function startServerSpan(name: string, attributes: Attributes, headers: object = {}): ServerSpan {
  const parent = propagation.extract(ROOT_CONTEXT, headers)
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent)
  if (!isSpanContextValid(span.spanContext())) return UNTRACED
  const within = trace.setSpan(parent, span)
  return {
    run: (work) => context.with(within, work),
    end({ failed, attributes = {} }) {
      span.setAttributes(attributes)
      endSpan(span, failed)
    },
  }
}

/** Starts a child of the current span. The returned function ends it. */
export function startSpan(name: string, attributes: Attributes = {}): (failed?: boolean) => void {
  const span = tracer.startSpan(name, { attributes })
  return (failed = false) => endSpan(span, failed)
}

/** Starts a child of the current span, if there is one. The returned function ends it. */
export function childSpan(name: string, attributes: Attributes): (failed: boolean) => void {
  const above = trace.getSpanContext(context.active())
  if (!above || !isSpanContextValid(above)) return nothing
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes })
  return (failed) => endSpan(span, failed)
}

const nothing = () => {}

/** Runs work in a child of the current span. An error marks the span, but its message isn't recorded. */
export async function inSpan<T>(name: string, attributes: Attributes, work: () => T | Promise<T>): Promise<T> {
  const span = tracer.startSpan(name, { attributes })
  if (!isSpanContextValid(span.spanContext())) return work()
  let failed = true
  try {
    const result = await context.with(trace.setSpan(context.active(), span), work)
    failed = false
    return result
  } finally {
    endSpan(span, failed)
  }
}

/**
 * Runs work outside any trace, because what a subscriber is pushed hours later isn't part of its subscription's trace.
 */
export function outsideTraces<T>(work: () => T): T {
  return context.active() === ROOT_CONTEXT ? work() : context.with(ROOT_CONTEXT, work)
}

/** Returns the active trace, for log lines. */
export function traceFields(active: Context = context.active()): { trace_id?: string; span_id?: string } {
  const spanContext = trace.getSpanContext(active)
  if (!spanContext || !isSpanContextValid(spanContext)) return {}
  return { trace_id: spanContext.traceId, span_id: spanContext.spanId }
}

function endSpan(span: Span, failed: boolean): void {
  if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}
