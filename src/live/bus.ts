/** What travels between instances: tens of bytes, no user data. `committedAt` is in ms since the epoch. */
export type Notification = { userId: string; revision: number; committedAt: number } | { catalogueRevision: number }

export interface BusListener {
  /** Another instance has committed something. */
  notified(notification: Notification): void
  /** Notifications arrive again; those since the connection was lost are gone. */
  resumed(): void
}

/** Carries notifications to the other instances. Loses some when it is down; the sweep makes up for them. */
export interface Bus {
  /** Never throws, never waits. */
  publish(notification: Notification): void
  /**
   * Resolves once notifications are certain to arrive.
   * @throws BusError when they cannot
   */
  subscribe(listener: BusListener): Promise<void>
  /** Why notifications do not arrive at the moment; null while they do. */
  readonly fault: string | null
  close(): Promise<void>
}

/** The bus cannot be used; the message names the cause and the way out, never a secret. */
export class BusError extends Error {
  override readonly name = 'BusError'
}

/** The bus of a single process: this instance's own notifications have reached its listeners already, and there is nobody else. */
export function createMemoryBus(): Bus {
  return { publish: () => {}, subscribe: async () => {}, fault: null, close: async () => {} }
}
