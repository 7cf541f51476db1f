import type { Tx } from '../db.js'
import { DuplicateWebhookError, type InputFault, InvalidInputError } from '../errors.js'
import { EVENT_TYPES } from './events.js'
import type { WebhookDeps } from './webhook.js'

const MAX_URL_LENGTH = 2_000

/** Where to send events, and which ones. */
export interface WebhookInput {
  url: string
  events: readonly string[]
}

/**
 * Returns what is stored of the input: the URL as it will be called, and each event type once.
 * @throws InvalidInputError with every fault
 */
export async function checkedWebhook(
  deps: Pick<WebhookDeps, 'sender' | 'allowPrivate'>,
  { url, events }: WebhookInput,
): Promise<{ url: string; events: string[] }> {
  const faults = [...(await urlFaults(deps, url)), ...eventFaults(events)]
  if (faults.length > 0) throw new InvalidInputError('webhook', faults)
  return { url: new URL(url).href, events: [...new Set(events)] }
}

async function urlFaults(
  { sender, allowPrivate }: Pick<WebhookDeps, 'sender' | 'allowPrivate'>,
  text: string,
): Promise<InputFault[]> {
  const fault = (message: string) => [{ path: 'url', message }]
  if (text.length > MAX_URL_LENGTH) return fault(`must have at most ${MAX_URL_LENGTH} characters`)
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:$/.test(url.protocol)) return fault('must be an absolute URL that begins with https://')
  if (url.username !== '' || url.password !== '') {
    return fault('must not contain a user name or password. Receivers verify the signature instead')
  }
  if (url.hash !== '' || text.includes('#')) return fault('must not have a fragment (#…), because it’s never sent')
  if (allowPrivate) return []
  if (url.protocol !== 'https:') return fault('must begin with https://. Plain http is for development only')
  if (await sender.refuses(url.hostname)) {
    return fault(
      'leads to a private or loopback address. An operator can allow private ones in PATCHBAY_WEBHOOK_PRIVATE_NETWORKS',
    )
  }
  return []
}

function eventFaults(events: readonly string[]): InputFault[] {
  const known: readonly string[] = EVENT_TYPES
  return events.flatMap((type, index) =>
    known.includes(type) ? [] : [{ path: `events[${index}]`, message: `must be one of ${EVENT_TYPES.join(', ')}` }],
  )
}

/**
 * Makes registrations and changes take turns, so that each one counts what the others add.
 * @returns the transaction's time
 */
export async function lockWebhooks(tx: Tx): Promise<Date> {
  await tx.$executeRaw`LOCK TABLE "WebhookEndpoint" IN SHARE ROW EXCLUSIVE MODE`
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT now() AS now`
  if (!row) throw new Error('asking for the time returned no row')
  return row.now
}

/** @throws DuplicateWebhookError if another webhook has the URL */
export async function refuseDuplicate(tx: Tx, url: string, id: string): Promise<void> {
  const other = await tx.webhookEndpoint.findFirst({ where: { url, id: { not: id } }, select: { id: true } })
  if (other) throw new DuplicateWebhookError(other.id)
}
