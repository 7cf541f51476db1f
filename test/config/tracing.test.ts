import { expect, test } from 'vitest'
import { ConfigurationError } from '../../src/config/configuration-error.js'
import { readTracing } from '../../src/config/tracing.js'

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }

test.each([
  {},
  { OTEL_SERVICE_NAME: 'patchbay' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' },
  { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' },
  { ...ENDPOINT, OTEL_SDK_DISABLED: 'true' },
  { OTEL_TRACES_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'TRUE' },
])('tracing is off with %j', (environment) => {
  expect(readTracing(environment)).toBeUndefined()
})

test.each([
  [ENDPOINT, 'http/protobuf'],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, 'http/protobuf'],
  [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'http/protobuf'],
  [{ OTEL_TRACES_EXPORTER: 'console' }, 'console'],
  [{ ...ENDPOINT, OTEL_SDK_DISABLED: 'false' }, 'http/protobuf'],
  [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'http/json'],
  [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }, 'http/json'],
])('with %j, traces are exported as %s', (environment, format) => {
  expect(readTracing(environment)).toBe(format)
})

test.each([
  { ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
  { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'zipkin' },
])('%j is refused with the name of the bad variable', (environment) => {
  expect(() => readTracing(environment)).toThrow(ConfigurationError)
  expect(() => readTracing(environment)).toThrow(/OTEL_\w+ must be/)
})
