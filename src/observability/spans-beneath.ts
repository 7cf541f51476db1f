import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'

/**
 * Tracers that only create child spans. The server's own queries every second and its reads for each push would
 * otherwise each become a trace.
 */
export function beneathOthers(provider: TracerProvider): TracerProvider {
  return { getTracer: (...of) => new TracerBeneath(provider.getTracer(...of)) }
}

class TracerBeneath implements Tracer {
  readonly #tracer: Tracer

  constructor(tracer: Tracer) {
    this.#tracer = tracer
  }

  startSpan(name: string, options: SpanOptions = {}, parent: Context = context.active()): Span {
    const above = trace.getSpanContext(parent)
    if (!above || !isSpanContextValid(above)) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
    return this.#tracer.startSpan(name, options, parent)
  }

  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...rest: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
  ): ReturnType<F> {
    const work = rest[rest.length - 1] as F
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : {}
    const parent = rest.length > 2 ? (rest[1] as Context) : context.active()
    const span = this.startSpan(name, options, parent)
    return context.with(trace.setSpan(parent, span), () => work(span) as ReturnType<F>)
  }
}
