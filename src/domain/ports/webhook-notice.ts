import type { Backlog } from '../webhook/outbox.js'

/** One try of one delivery, and what came of it. */
export interface WebhookTry {
  deliveryId: string
  webhookId: string
  /** The event's. */
  type: string
  outcome: 'DELIVERED' | 'PENDING' | 'DEAD'
  /** The receiver's HTTP status, or a word for why there was none. */
  result: string
  attempts: number
  durationMs: number
}

/** Hears what becomes of deliveries. Never throws, never waits. */
export interface WebhookNotice {
  /** After it was written down. */
  webhookTried(tried: WebhookTry): void
  webhookBacklog(backlog: Backlog): void
  /** What is due at one endpoint could not be taken or written down; it is tried again. */
  webhooksFailed(error: unknown): void
}
