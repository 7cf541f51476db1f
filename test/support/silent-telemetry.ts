import type { ServerTelemetry } from '../../src/observability/telemetry.js'

/** Telemetry that records nothing except what a test passes. */
export function silentTelemetry(recorded: Partial<ServerTelemetry> = {}): ServerTelemetry {
  return new Proxy(recorded as ServerTelemetry, {
    get: (target, name, receiver) => Reflect.get(target, name, receiver) ?? (() => {}),
  })
}
