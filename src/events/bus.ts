/** What travels between instances: tens of bytes, no user data. */
export type Ring = { userId: string; revision: number } | { catalogueRevision: number }

/** Carries rings to every instance, this one included. Loses some when it is down; the sweep makes up for them. */
export interface Bus {
  /** Never throws, never waits. */
  publish(ring: Ring): void
  /** Resolves once rings are certain to arrive. */
  subscribe(onRing: (ring: Ring) => void): Promise<void>
  close(): Promise<void>
}

/** The bus of a single process: this instance's own rings have reached its listeners already, and there is nobody else. */
export function createMemoryBus(): Bus {
  return { publish: () => {}, subscribe: async () => {}, close: async () => {} }
}
