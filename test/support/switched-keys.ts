import type { KeyService } from '../../src/vault/key-service.js'

/** A key service in front of the ring that can be made to fail. */
export interface SwitchedKeys {
  /** The error of each call from now on. Undefined if it works. */
  wrapFails: Error | undefined
  unwrapFails: Error | undefined
  /** How often it failed. */
  failed: number
  over(ring: KeyService): KeyService
  heal(): void
}

export function createSwitchedKeys(): SwitchedKeys {
  const keys: SwitchedKeys = {
    wrapFails: undefined,
    unwrapFails: undefined,
    failed: 0,
    over: (ring) => ({
      activeKeyId: ring.activeKeyId,
      async wrap(...asked) {
        fail(keys.wrapFails)
        return ring.wrap(...asked)
      },
      async unwrap(...asked) {
        fail(keys.unwrapFails)
        return ring.unwrap(...asked)
      },
    }),
    heal() {
      keys.wrapFails = keys.unwrapFails = undefined
      keys.failed = 0
    },
  }
  function fail(error: Error | undefined): void {
    if (!error) return
    keys.failed++
    throw error
  }
  return keys
}
