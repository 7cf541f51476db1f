import { ConfigurationError } from './configuration-error.js'

/** How spans leave the process. OpenTelemetry itself reads where they go from its standard variables. */
export type TraceExport = 'http/protobuf' | 'http/json' | 'console'

const PROTOCOLS = ['http/protobuf', 'http/json'] as const

/**
 * Reads from OpenTelemetry's standard variables whether to export traces, and in which format.
 * @returns undefined if tracing is off, so that none of it is loaded
 * @throws ConfigurationError if a value isn't supported
 */
export function readTracing(source: NodeJS.ProcessEnv): TraceExport | undefined {
  const value = (name: string) => source[name]?.trim() || undefined
  const exporter = value('OTEL_TRACES_EXPORTER')
  const endpoint = value('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? value('OTEL_EXPORTER_OTLP_ENDPOINT')
  if (value('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || exporter === 'none') return undefined
  if (exporter === undefined && endpoint === undefined) return undefined
  if (exporter === 'console') return 'console'
  if (exporter !== undefined && exporter !== 'otlp') {
    throw new ConfigurationError('OTEL_TRACES_EXPORTER must be otlp, console or none.')
  }
  const protocol = value('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? value('OTEL_EXPORTER_OTLP_PROTOCOL')
  const known = PROTOCOLS.find((name) => name === (protocol ?? 'http/protobuf'))
  if (!known) throw new ConfigurationError(`OTEL_EXPORTER_OTLP_PROTOCOL must be ${PROTOCOLS.join(' or ')}.`)
  return known
}
