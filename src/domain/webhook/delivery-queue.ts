import type { Deps } from '../deps.js'
import { later } from '../formats.js'
import { pause } from '../pause.js'
import type { Telemetry } from '../ports/telemetry.js'
import { VaultError } from '../ports/vault.js'
import type { WebhookAnswer, WebhookSender } from '../ports/webhook-sender.js'
import { settleDeliveries, type TakenDelivery, type Tried, takeDeliveries } from './outbox.js'
import { type NoAnswer, verdictOf } from './retry.js'
import { openSecrets, type SigningSecret, signedHeaders } from './secrets.js'

/** Tries in progress per endpoint on one instance. */
const AT_ONCE = 10
/** How long results are collected before they are stored together, while more may arrive. */
const GATHERED_MS = 2

export interface DeliveryQueueDeps extends Pick<Deps, 'db' | 'sql' | 'vault'> {
  sender: WebhookSender
  telemetry: Pick<Telemetry, 'webhookTried' | 'webhooksFailed'>
  /** How long a delivery belongs to this instance alone. */
  leaseMs: number
}

/**
 * Delivers to one endpoint, at the pace of its receiver. Results that arrive close together are stored together, and as
 * many new deliveries are claimed. The faster the receiver, the more deliveries share one statement.
 */
export class DeliveryQueue {
  readonly #tries = new Set<Promise<void>>()
  /** Tried and not yet stored. They keep their places, so that no more than these are claimed. */
  #tried: (Tried & { durationMs: number })[] = []
  #again = false
  #running: Promise<void> | undefined
  #closed = false
  #opened: { sealed: Uint8Array; secrets: SigningSecret[] } | undefined

  constructor(
    private readonly deps: DeliveryQueueDeps,
    private readonly endpointId: string,
  ) {}

  /** Claims what is due now. If it is called during a round, however often, one more round follows. */
  look(): void {
    this.#again = true
    this.#running ??= this.#run()
      .catch((error) => {
        this.#again = false // the next call from outside tries again
        this.deps.telemetry.webhooksFailed(error)
      })
      .finally(() => {
        this.#running = undefined
        if (this.#again) this.look()
      })
  }

  get isIdle(): boolean {
    return this.#running === undefined && this.#tries.size === 0
  }

  /** Returns whether there are results that couldn't be stored yet. */
  get holdsResults(): boolean {
    return this.#tried.length > 0
  }

  /** Resolves when nothing is in progress. */
  async idle(): Promise<void> {
    while (!this.isIdle) {
      await this.#running
      await Promise.all(this.#tries)
    }
  }

  /** Claims no more deliveries. */
  close(): void {
    this.#closed = true
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false
      if (this.#tried.length > 0 && this.#tries.size > 0) await pause(GATHERED_MS)
      await this.#settle()
      await this.#take()
    }
  }

  async #settle(): Promise<void> {
    const tried = this.#tried.slice()
    if (tried.length === 0) return
    const settled = await settleDeliveries(this.deps.db, tried)
    this.#tried.splice(0, tried.length)
    for (const { delivery, verdict, durationMs } of tried) {
      if (!settled.has(delivery.id)) continue
      const { id: deliveryId, endpointId: webhookId, type, attempts } = delivery
      const { status: outcome, result } = verdict
      this.deps.telemetry.webhookTried({ deliveryId, webhookId, type, outcome, result, attempts, durationMs })
    }
  }

  async #take(): Promise<void> {
    const free = AT_ONCE - this.#tries.size - this.#tried.length
    if (this.#closed || free <= 0) return
    const takenAtMs = performance.now()
    for (const delivery of await takeDeliveries(this.deps.db, this.endpointId, free, this.deps.leaseMs)) {
      const under = this.#try(delivery, takenAtMs).finally(() => {
        this.#tries.delete(under)
        this.look()
      })
      this.#tries.add(under)
    }
  }

  async #try(delivery: TakenDelivery, takenAtMs: number): Promise<void> {
    const startedAtMs = performance.now()
    const answer = await this.#post(delivery, takenAtMs)
    const endedAtMs = performance.now()
    const now = later(delivery.now, endedAtMs - takenAtMs)
    const verdict = verdictOf(answer, { ...delivery, now }, Math.random())
    this.#tried.push({ delivery, verdict, durationMs: endedAtMs - startedAtMs })
  }

  async #post(delivery: TakenDelivery, takenAtMs: number): Promise<WebhookAnswer | NoAnswer> {
    const { eventId, body, url, now } = delivery
    try {
      const headers = signedHeaders({ eventId, body }, await this.#secrets(delivery), now)
      // After such a delay, another instance may have claimed it and may already send the user's next event.
      if (performance.now() - takenAtMs > this.deps.leaseMs / 2) return { fault: 'HELD_UP' }
      return await this.deps.sender.send({ url, headers, body })
    } catch (error) {
      // A key that is missing from the ring may come back.
      if (error instanceof VaultError) return { fault: 'SECRET_UNAVAILABLE' }
      this.deps.telemetry.webhooksFailed(error)
      return { fault: 'FAILED' }
    }
  }

  async #secrets({ endpointId, sealed }: TakenDelivery): Promise<SigningSecret[]> {
    const opened = this.#opened
    if (opened && Buffer.compare(opened.sealed, sealed) === 0) return opened.secrets
    const secrets = await openSecrets(this.deps.vault, endpointId, sealed)
    this.#opened = { sealed, secrets }
    return secrets
  }
}
