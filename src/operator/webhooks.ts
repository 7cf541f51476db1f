import type { ParseArgsConfig } from 'node:util'
import { ConfigurationError } from '../config/environment.js'
import type { Db } from '../domain/change/revision.js'
import { globalId, parseGlobalId } from '../domain/global-id.js'
import type { WebhookSecret } from '../domain/webhook/register-webhook.js'
import type { WebhookServices } from '../domain/webhook/webhook-services.js'

export interface WebhookCommandDeps {
  db: Db
  webhooks: WebhookServices
}

/** A command: what it takes, its own options as parseArgs of node:util describes them, and what it does. */
interface WebhookCommand {
  takes: readonly string[]
  options?: NonNullable<ParseArgsConfig['options']>
  explanation: string
  run(deps: WebhookCommandDeps, args: readonly string[], options: Record<string, unknown>): Promise<string>
}

/** Who registered a webhook that no API key did. */
const OPERATOR = 'operator'
const LISTED = 100

/** What operators do with webhooks on the command line. */
export const WEBHOOK_COMMANDS: Record<string, WebhookCommand> = {
  'list-webhooks': {
    takes: [],
    explanation: 'list the webhooks and how many deliveries of each are pending or dead',
    async run({ db, webhooks }) {
      const lines = (await webhooks.list()).map(async ({ id, url, events }) => {
        const count = (status: 'PENDING' | 'DEAD') => db.webhookDelivery.count({ where: { endpointId: id, status } })
        const [pending, dead] = await Promise.all([count('PENDING'), count('DEAD')])
        const wanted = events.length === 0 ? 'all events' : events.join(', ')
        return `${globalId('Webhook', id)}  ${url}  ${wanted}  ${pending} pending, ${dead} dead`
      })
      return lines.length === 0 ? 'There are no webhooks.' : (await Promise.all(lines)).join('\n')
    },
  },
  'register-webhook': {
    takes: ['<url>', '[<event> …]'],
    explanation: 'register one, for these events or for all; prints its signing secret, once',
    run: async ({ webhooks }, [url = '', ...events]) => secretLines(await webhooks.register(OPERATOR, { url, events })),
  },
  'rotate-webhook-secret': {
    takes: ['<webhook>'],
    explanation: 'print a new secret; the old one signs beside it for a day',
    run: async ({ webhooks }, [webhook]) => secretLines(await webhooks.rotateSecret(rowId('Webhook', webhook))),
  },
  'test-webhook': {
    takes: ['<webhook>'],
    explanation: 'post an event of the type webhook.test and say what came of it',
    async run({ webhooks }, [webhook]) {
      const { delivered, result } = await webhooks.test(rowId('Webhook', webhook))
      return delivered ? `Delivered: ${result}.` : `Not delivered: ${result}.`
    },
  },
  'remove-webhook': {
    takes: ['<webhook>'],
    explanation: 'remove one and its deliveries',
    async run({ webhooks }, [webhook]) {
      const { url } = await webhooks.remove(rowId('Webhook', webhook))
      return `Removed the webhook of ${url}.`
    },
  },
  'list-deliveries': {
    takes: ['<webhook>'],
    options: { dead: { type: 'boolean' } },
    explanation: 'list its latest deliveries, or the dead ones',
    async run({ db }, [webhook], { dead }) {
      const rows = await db.webhookDelivery.findMany({
        where: { endpointId: rowId('Webhook', webhook), ...(dead === true && { status: 'DEAD' }) },
        orderBy: { sequence: 'desc' },
        take: LISTED,
      })
      const lines = rows.map(({ id, createdAt, type, status, attempts, lastResult }) =>
        [globalId('WebhookDelivery', id), createdAt.toISOString(), type, status, `tries: ${attempts}`, lastResult].join(
          '  ',
        ),
      )
      return lines.length === 0 ? `There are no ${dead === true ? 'dead ' : ''}deliveries.` : lines.join('\n')
    },
  },
  'replay-webhook': {
    takes: ['<webhook>', '[<delivery> …]'],
    options: { since: { type: 'string' } },
    explanation: 'send dead deliveries again: these, or all since then',
    async run({ webhooks }, [webhook, ...deliveries], { since }) {
      const ids = deliveries.map((delivery) => rowId('WebhookDelivery', delivery))
      const time = typeof since === 'string' ? new Date(since) : null
      if (time && Number.isNaN(time.getTime()))
        throw new ConfigurationError('--since takes a time such as 2026-05-01T12:00:00Z.')
      const replayed = await webhooks.replay(rowId('Webhook', webhook), {
        ids: ids.length > 0 ? ids : null,
        since: time,
      })
      return `${replayed} dead deliveries are pending again.`
    },
  },
}

function secretLines({ webhook, secret, formerUntil }: WebhookSecret): string {
  const lines = [globalId('Webhook', webhook.id), `Its secret, shown this once: ${secret}`]
  if (formerUntil) lines.push(`The one before signs beside it until ${formerUntil.toISOString()}.`)
  return lines.join('\n')
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function rowId(typename: 'Webhook' | 'WebhookDelivery', text = ''): string {
  const parsed = parseGlobalId(text)
  if (parsed?.typename === typename && UUID.test(parsed.id)) return parsed.id
  const list = typename === 'Webhook' ? 'list-webhooks' : 'list-deliveries'
  throw new ConfigurationError(`${text || 'Nothing'} is no id of a ${typename}: ${list} shows them.`)
}
