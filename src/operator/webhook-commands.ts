import { ConfigurationError } from '../config/configuration-error.js'
import { inWords, UUID } from '../domain/formats.js'
import { globalId, parseGlobalId } from '../domain/global-id.js'
import { registerWebhook, type WebhookSecret } from '../domain/webhook/register-webhook.js'
import { removeWebhook } from '../domain/webhook/remove-webhook.js'
import { replayDeliveries } from '../domain/webhook/replay-deliveries.js'
import { rotateWebhookSecret } from '../domain/webhook/rotate-webhook-secret.js'
import { FORMER_SECRET_MS } from '../domain/webhook/secrets.js'
import { TEST_EVENT_TYPE, testWebhook } from '../domain/webhook/test-webhook.js'
import { listWebhooks } from '../domain/webhook/webhook.js'
import type { Commands, Outcome } from './command.js'

/** Stored in place of an API key for webhooks that an operator registered. */
const OPERATOR = 'operator'
const LISTED = 100

/** Commands for webhooks. */
export const WEBHOOK_COMMANDS: Commands = {
  'list-webhooks': {
    takes: [],
    explanation: 'list webhooks with their pending and dead deliveries',
    async run({ deps }) {
      const lines = (await listWebhooks(deps)).map(async ({ id, url, events }) => {
        const count = (status: 'PENDING' | 'DEAD') =>
          deps.db.webhookDelivery.count({ where: { endpointId: id, status } })
        const [pending, dead] = await Promise.all([count('PENDING'), count('DEAD')])
        const wanted = events.length === 0 ? 'all events' : events.join(', ')
        return `${globalId('Webhook', id)}  ${url}  ${wanted}  ${pending} pending, ${dead} dead`
      })
      return { text: lines.length === 0 ? 'There are no webhooks.' : (await Promise.all(lines)).join('\n') }
    },
  },
  'register-webhook': {
    takes: ['<url>', '[<event> …]'],
    explanation: 'register a webhook for these events, or for all; prints its signing secret once',
    run: async ({ deps }, [url = '', ...events]) => shownSecret(await registerWebhook(deps, OPERATOR, { url, events })),
  },
  'rotate-webhook-secret': {
    takes: ['<webhook>'],
    explanation: `create a new signing secret; the previous one stays valid for ${inWords(FORMER_SECRET_MS, 'a')}`,
    run: async ({ deps }, [webhook]) => shownSecret(await rotateWebhookSecret(deps, rowId('Webhook', webhook))),
  },
  'test-webhook': {
    takes: ['<webhook>'],
    explanation: `send a ${TEST_EVENT_TYPE} event and print the result`,
    async run({ deps }, [webhook]) {
      const { delivered, result } = await testWebhook(deps, rowId('Webhook', webhook))
      return { text: delivered ? `Delivered: ${result}.` : `Not delivered: ${result}.` }
    },
  },
  'remove-webhook': {
    takes: ['<webhook>'],
    explanation: 'remove a webhook and its deliveries',
    async run({ deps }, [webhook]) {
      const { url } = await removeWebhook(deps, rowId('Webhook', webhook))
      return { text: `Removed the webhook for ${url}.` }
    },
  },
  'list-deliveries': {
    takes: ['<webhook>'],
    options: { dead: {} },
    explanation: 'list a webhook’s latest deliveries, or the dead ones',
    async run({ deps }, [webhook], { dead }) {
      const rows = await deps.db.webhookDelivery.findMany({
        where: { endpointId: rowId('Webhook', webhook), ...(dead && { status: 'DEAD' }) },
        orderBy: { sequence: 'desc' },
        take: LISTED,
      })
      const lines = rows.map(({ id, createdAt, type, status, attempts, lastResult }) =>
        [globalId('WebhookDelivery', id), createdAt.toISOString(), type, status, `tries: ${attempts}`, lastResult].join(
          '  ',
        ),
      )
      return { text: lines.length === 0 ? `There are no ${dead ? 'dead ' : ''}deliveries.` : lines.join('\n') }
    },
  },
  'replay-webhook': {
    takes: ['<webhook>', '[<delivery> …]'],
    options: { since: { value: '<time>' } },
    explanation: 'retry dead deliveries: these, or all since a time',
    async run({ deps }, [webhook, ...deliveries], { since }) {
      const ids = deliveries.map((delivery) => rowId('WebhookDelivery', delivery))
      const time = typeof since === 'string' ? new Date(since) : null
      if (time && Number.isNaN(time.getTime()))
        throw new ConfigurationError('--since needs a time, such as 2026-05-01T12:00:00Z.')
      const replayed = await replayDeliveries(deps, rowId('Webhook', webhook), {
        ids: ids.length > 0 ? ids : null,
        since: time,
      })
      return { text: `${replayed} dead deliveries are pending again.` }
    },
  },
}

function shownSecret({ webhook, secret, formerUntil }: WebhookSecret): Outcome {
  const lines = [globalId('Webhook', webhook.id), `Signing secret (shown only once): ${secret}`]
  if (formerUntil) lines.push(`The previous secret stays valid until ${formerUntil.toISOString()}.`)
  return { text: lines.join('\n') }
}

function rowId(typename: 'Webhook' | 'WebhookDelivery', text = ''): string {
  const parsed = parseGlobalId(text)
  if (parsed?.typename === typename && UUID.test(parsed.id)) return parsed.id
  const list = typename === 'Webhook' ? 'list-webhooks' : 'list-deliveries'
  throw new ConfigurationError(`“${text}” isn’t the id of a ${typename}. List the ids with ${list}.`)
}
