import type { Usage } from '../domain/ports/usage.js'

/** What instances send each other: about a hundred bytes, without user data. `committedAt` is in ms since the epoch. */
export type Notification = { userId: string; revision: number; committedAt: number } | { catalogueRevision: number }

export interface BusListener {
  /** Another instance has committed something. */
  notified(notification: Notification): void
  /** Notifications arrive again. Those sent since the connection was lost are gone. */
  resumed(): void
}

/**
 * Carries notifications to the other instances. It loses some if it is down, and the sweep finds what they announced.
 */
export interface Bus {
  /** Never throws and never waits. */
  publish(notification: Notification): void
  /**
   * Resolves once notifications are certain to arrive.
   * @throws BusError if they can't
   */
  subscribe(listener: BusListener): Promise<void>
  /** Tells the other instances what callers used. Never throws and never waits. */
  share(usages: readonly Usage[]): void
  /** Calls the listener with what other instances share. */
  onShared(listener: (usages: readonly Usage[]) => void): void
  /** Why notifications don't arrive now, or null if they do. */
  readonly fault: string | null
  close(): Promise<void>
}

/** The bus can't be used. The message names the cause and what to do, and never a secret. */
export class BusError extends Error {
  override readonly name = 'BusError'
}

/**
 * The bus of a single process. Its own notifications have already reached its listeners, and there are no other
 * instances.
 */
export function createMemoryBus(): Bus {
  return {
    publish: () => {},
    subscribe: async () => {},
    share: () => {},
    onShared: () => {},
    fault: null,
    close: async () => {},
  }
}
