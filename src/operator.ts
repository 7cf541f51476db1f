import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { ConfigurationError, readConfig } from './config/environment.js'
import { configureConnector } from './domain/connector/configure-connector.js'
import { removeConnector } from './domain/connector/remove-connector.js'
import { publishPlugin } from './domain/plugin/publish-plugin.js'
import { retirePlugin } from './domain/plugin/retire-plugin.js'
import type { Doorbell } from './domain/user/revision.js'
import { bindWebhooks } from './domain/webhook/webhook-services.js'
import { fail } from './explained-errors.js'
import { createGuardedFetch } from './oauth/guarded-fetch.js'
import { openDatabase, openVault, operatorDeps } from './parts.js'
import { WEBHOOK_COMMANDS, WEBHOOK_USAGE } from './webhook-commands.js'
import { createWebhookSender } from './webhooks/webhook-sender.js'

const USAGE = `npm run operator -- <command>

  publish <manifest.json>                 publish a plugin or a new version of one
  retire <plugin>                         hide a plugin from those who have not started it
  configure-connector <connector.json>    create a connector or change one (docs/connectors.md)
  remove-connector <connector> [--force]  delete a connector's credentials and hide it
${WEBHOOK_USAGE}

A file named - is standard input. The commands work on the database of the environment (DATABASE_URL, else PATCHBAY_DATA); the embedded
database takes one process at a time, so stop the server first, or use the API's mutations of the same names.`

/** Screens learn of it by the sweep of the instances that serve them. */
const SILENT: Doorbell = { ring: () => {}, ringCatalogue: () => {} }

type Command = (deps: ReturnType<typeof operatorDeps>, argument: string, options: { force: boolean }) => Promise<string>

const COMMANDS: Record<string, Command> = {
  publish: async (deps, file) => `Published ${await publishPlugin(deps, await readJson(file))}.`,
  retire: async (deps, slug) => {
    await retirePlugin(deps, slug)
    return `Retired ${slug}.`
  },
  'configure-connector': async (deps, file) => `Configured ${await configureConnector(deps, await readJson(file))}.`,
  'remove-connector': async (deps, slug, options) => {
    await removeConnector(deps, slug, options)
    return `Removed ${slug}.`
  },
}

async function readJson(file: string): Promise<unknown> {
  const content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8').catch(() => null)
  if (content === null) throw new ConfigurationError(`${file} cannot be read.`)
  try {
    return JSON.parse(content)
  } catch (error) {
    throw new ConfigurationError(`${file} is not JSON: ${error instanceof Error ? error.message : error}`)
  }
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      force: { type: 'boolean', default: false },
      dead: { type: 'boolean', default: false },
      since: { type: 'string' },
    },
  })
  const [name = '', argument, ...more] = positionals
  const command = COMMANDS[name]
  const webhookCommand = WEBHOOK_COMMANDS[name]
  const fits = command ? argument !== undefined && more.length === 0 : webhookCommand
  if (!fits) throw new ConfigurationError(USAGE)
  const config = readConfig(process.env)
  const { vault } = await openVault(config)
  const { db, close } = await openDatabase(config)
  const guarded = createGuardedFetch({ allowPrivate: config.development })
  const sender = createWebhookSender({ allowPrivate: config.development })
  try {
    const webhooks = bindWebhooks({ db, vault, sender, allowPrivate: config.development })
    const said = webhookCommand
      ? webhookCommand({ db, webhooks }, positionals.slice(1), values)
      : command?.(operatorDeps({ db, doorbell: SILENT, vault }, guarded.fetch, config), argument ?? '', values)
    process.stdout.write(`${await said}\n`)
  } finally {
    await guarded.close()
    await sender.close()
    await close()
  }
}

main().then(() => process.exit(0), fail)
