import type { Db, Tx } from '../db.js'
import type { Deps } from '../deps.js'
import type { WebhookSender } from '../ports/webhook-sender.js'

/** An endpoint of a host's back end, without its secrets. */
export interface Webhook {
  id: string
  url: string
  /** The event types it receives. Empty means all. */
  events: string[]
  createdAt: Date
}

export interface WebhookDeps extends Pick<Deps, 'db' | 'vault'> {
  sender: WebhookSender
  /** Whether receivers may be on this machine or use plain http. Only in development. */
  allowPrivate: boolean
}

const FIELDS = { id: true, url: true, events: true, createdAt: true } as const

/** Returns all webhooks, in the order of registration. */
export function listWebhooks({ db }: Pick<WebhookDeps, 'db'>): Promise<Webhook[]> {
  return db.webhookEndpoint.findMany({ select: FIELDS, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] })
}

export function findWebhook({ db }: { db: Db | Tx }, id: string): Promise<Webhook | null> {
  return db.webhookEndpoint.findUnique({ where: { id }, select: FIELDS })
}
