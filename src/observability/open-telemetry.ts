import { context, DiagLogLevel, diag, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ConsoleSpanExporter,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base'
import { PrismaInstrumentation } from '@prisma/instrumentation'
import { pause } from '../domain/pause.js'
import { followOutgoingRequests, followRedisCommands } from './channel-spans.js'
import type { Logger } from './logger.js'
import { beneathOthers } from './spans-beneath.js'

/** Shorter than the time between the drain deadline and the end of the process. */
const FLUSH_LIMIT_MS = 1_500

type Format = 'http/protobuf' | 'http/json' | 'console'

/**
 * Starts tracing for the whole process. OpenTelemetry reads where spans go, which are sampled and what the service is
 * called from its standard variables. Everything else creates spans through its API.
 * @returns a function for the end of the process, which sends the remaining spans
 */
export async function startTracing(format: Format, logger: Logger): Promise<() => Promise<void>> {
  const tell = (message: string) => logger.warn({ message }, 'OpenTelemetry')
  diag.setLogger({ error: tell, warn: tell, info: () => {}, debug: () => {}, verbose: () => {} }, DiagLogLevel.WARN)
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'patchbay' }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(await createExporter(format))],
  })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  // Callers' traces are continued. Requests to apps don't carry trace headers, because apps are third parties.
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  trace.setGlobalTracerProvider(provider)

  const beneath = beneathOthers(provider)
  const prisma = new PrismaInstrumentation()
  prisma.setTracerProvider(beneath)
  prisma.enable()
  const tracer = beneath.getTracer('patchbay')
  const unfollow = [followOutgoingRequests(tracer), followRedisCommands(tracer)]
  return async () => {
    for (const stop of unfollow) stop()
    prisma.disable()
    // A missing collector must not cause long waits or failures.
    await Promise.race([provider.shutdown().catch((error) => tell(String(error))), pause(FLUSH_LIMIT_MS)])
  }
}

async function createExporter(format: Format): Promise<SpanExporter> {
  if (format === 'console') return new ConsoleSpanExporter()
  const { OTLPTraceExporter } =
    format === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto')
  return new OTLPTraceExporter()
}
