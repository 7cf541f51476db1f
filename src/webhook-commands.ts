import { ConfigurationError } from './config/environment.js'
import { globalId, parseGlobalId } from './domain/global-id.js'
import type { Db } from './domain/user/revision.js'
import type { WebhookSecret } from './domain/webhook/register-webhook.js'
import type { WebhookServices } from './domain/webhook/webhook-services.js'

export const WEBHOOK_USAGE = `  list-webhooks                           list the webhooks and how many deliveries of each are pending or dead
  register-webhook <url> [<event> …]      register one, for these events or for all; prints its signing secret, once
  rotate-webhook-secret <webhook>         print a new secret; the old one signs beside it for a day
  test-webhook <webhook>                  post an event of the type webhook.test and say what came of it
  remove-webhook <webhook>                remove one and its deliveries
  list-deliveries <webhook> [--dead]      list its latest deliveries, or the dead ones
  replay-webhook <webhook> [<delivery> …] [--since <time>]
                                          send dead deliveries again: these, or all since then`

export interface WebhookCommandDeps {
  db: Db
  webhooks: WebhookServices
}

export interface WebhookOptions {
  dead?: boolean | undefined
  since?: string | undefined
}

type Command = (deps: WebhookCommandDeps, args: readonly string[], options: WebhookOptions) => Promise<string>

/** Who registered a webhook that no API key did. */
const OPERATOR = 'operator'
const LISTED = 100

/** What operators do with webhooks on the command line. Each takes as many arguments as it says. */
export const WEBHOOK_COMMANDS: Record<string, Command> = {
  async 'list-webhooks'({ db, webhooks }) {
    const lines = (await webhooks.list()).map(async ({ id, url, events }) => {
      const count = (status: 'PENDING' | 'DEAD') => db.webhookDelivery.count({ where: { endpointId: id, status } })
      const [pending, dead] = await Promise.all([count('PENDING'), count('DEAD')])
      const wanted = events.length === 0 ? 'all events' : events.join(', ')
      return `${globalId('Webhook', id)}  ${url}  ${wanted}  ${pending} pending, ${dead} dead`
    })
    return lines.length === 0 ? 'There are no webhooks.' : (await Promise.all(lines)).join('\n')
  },
  'register-webhook': async ({ webhooks }, [url = '', ...events]) =>
    secretLines(await webhooks.register(OPERATOR, { url, events })),
  'rotate-webhook-secret': async ({ webhooks }, [webhook]) =>
    secretLines(await webhooks.rotateSecret(rowId('Webhook', webhook))),
  async 'test-webhook'({ webhooks }, [webhook]) {
    const { delivered, result } = await webhooks.test(rowId('Webhook', webhook))
    return delivered ? `Delivered: ${result}.` : `Not delivered: ${result}.`
  },
  async 'remove-webhook'({ webhooks }, [webhook]) {
    const { url } = await webhooks.remove(rowId('Webhook', webhook))
    return `Removed the webhook of ${url}.`
  },
  async 'list-deliveries'({ db }, [webhook], { dead }) {
    const rows = await db.webhookDelivery.findMany({
      where: { endpointId: rowId('Webhook', webhook), ...(dead && { status: 'DEAD' }) },
      orderBy: { sequence: 'desc' },
      take: LISTED,
    })
    const lines = rows.map(({ id, createdAt, type, status, attempts, lastResult }) =>
      [globalId('WebhookDelivery', id), createdAt.toISOString(), type, status, `tries: ${attempts}`, lastResult].join(
        '  ',
      ),
    )
    return lines.length === 0 ? `There are no ${dead ? 'dead ' : ''}deliveries.` : lines.join('\n')
  },
  async 'replay-webhook'({ webhooks }, [webhook, ...deliveries], { since }) {
    const ids = deliveries.map((delivery) => rowId('WebhookDelivery', delivery))
    const time = since === undefined ? null : new Date(since)
    if (time && Number.isNaN(time.getTime()))
      throw new ConfigurationError('--since takes a time such as 2026-05-01T12:00:00Z.')
    const replayed = await webhooks.replay(rowId('Webhook', webhook), { ids: ids.length > 0 ? ids : null, since: time })
    return `${replayed} dead deliveries are pending again.`
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
