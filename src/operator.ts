import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { fail } from './app/explained-errors.js'
import { openDatabase, openVault, operatorDeps } from './app/open-parts.js'
import { ConfigurationError, readConfig } from './config/environment.js'
import type { Doorbell } from './domain/change/revision.js'
import { configureConnector } from './domain/publishing/configure-connector.js'
import { publishPlugin } from './domain/publishing/publish-plugin.js'
import { removeConnector } from './domain/publishing/remove-connector.js'
import { retirePlugin } from './domain/publishing/retire-plugin.js'
import { rewrapRecords } from './domain/rewrap/rewrap-records.js'
import { bindWebhooks, type WebhookServices } from './domain/webhook/webhook-services.js'
import { KEYS_USAGE, readKeyCommand } from './operator/keys.js'
import { describePass, describeRewrapped } from './operator/rewrap-report.js'
import { WEBHOOK_COMMANDS } from './operator/webhooks.js'
import { createGuardedFetch } from './outbound/guarded-fetch.js'
import { createWebhookSender } from './outbound/webhook-sender.js'

/** Screens learn of it by the sweep of the instances that serve them. */
const SILENT: Doorbell = { ring: () => {}, ringCatalogue: () => {} }

interface Context {
  deps: ReturnType<typeof operatorDeps>
  webhooks: WebhookServices
  /** Of the keys in the ring, the active one first. */
  keyIds: readonly string[]
  /** Prints a line. */
  say(line: string): void
}

/** What is printed at the end; `incomplete` on standard error, with the exit code 1. */
type Outcome = string | { incomplete: string }

interface Command {
  /** What it takes, in their order: so many, no more and no less, unless the last is in brackets. */
  takes: readonly string[]
  /** Options of its own, as parseArgs of node:util describes them. */
  options?: NonNullable<ParseArgsConfig['options']>
  explanation: string
  run(context: Context, args: readonly string[], options: Record<string, unknown>): Promise<Outcome>
}

const COMMANDS: Record<string, Command> = {
  publish: {
    takes: ['<manifest.json>'],
    explanation: 'publish a plugin or a new version of one',
    run: async ({ deps }, [file = '']) => `Published ${await publishPlugin(deps, await readJson(file))}.`,
  },
  retire: {
    takes: ['<plugin>'],
    explanation: 'hide a plugin from those who have not started it',
    async run({ deps }, [slug = '']) {
      await retirePlugin(deps, slug)
      return `Retired ${slug}.`
    },
  },
  'configure-connector': {
    takes: ['<connector.json>'],
    explanation: 'create a connector or change one (docs/connectors.md)',
    run: async ({ deps }, [file = '']) => `Configured ${await configureConnector(deps, await readJson(file))}.`,
  },
  'remove-connector': {
    takes: ['<connector>'],
    options: { force: { type: 'boolean' } },
    explanation: 'delete a connector’s credentials and hide it',
    async run({ deps }, [slug = ''], { force }) {
      await removeConnector(deps, slug, { force: force === true })
      return `Removed ${slug}.`
    },
  },
  rewrap: {
    takes: [],
    explanation: 'make every stored secret independent of older keys (docs/operations.md)',
    async run({ deps, keyIds, say }) {
      const result = await rewrapRecords(deps, (pass) => say(describePass(pass)))
      const { said, complete } = describeRewrapped(result, keyIds)
      return complete ? said : { incomplete: said }
    },
  },
  ...Object.fromEntries(
    Object.entries(WEBHOOK_COMMANDS).map(([name, { run, ...described }]): [string, Command] => [
      name,
      { ...described, run: ({ deps: { db }, webhooks }, args, options) => run({ db, webhooks }, args, options) },
    ]),
  ),
}

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { takes, options, explanation }]) => {
    const flags = Object.entries(options ?? {}).map(([flag, { type }]) => `[--${flag}${type === 'string' ? '=…' : ''}]`)
    return { call: [name, ...takes, ...flags].join(' '), explanation }
  })
  const width = Math.max(...lines.map(({ call }) => call.length))
  return `npm run operator -- <command>

${lines.map(({ call, explanation }) => `  ${call.padEnd(width)}  ${explanation}`).join('\n')}

${KEYS_USAGE}

A file named - is standard input. The commands work on the database of the environment (DATABASE_URL, else PATCHBAY_DATA); the embedded
database takes one process at a time, so stop the server first, or use the API's mutations of the same names, where there are any.`
}

/** @throws ConfigurationError with the usage, and before it what is wrong with the arguments */
function readArguments(args: string[]) {
  const [name = ''] = args
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) throw new ConfigurationError(usage())
  const { takes, options = {} } = command
  try {
    const { positionals, values } = parseArgs({ args: args.slice(1), allowPositionals: true, options })
    if (fits(positionals, takes)) return { command, positionals, values }
  } catch (error) {
    throw new ConfigurationError(`${error instanceof Error ? error.message : error}\n\n${usage()}`)
  }
  throw new ConfigurationError(`${name} takes ${takes.join(' ') || 'no arguments'}.\n\n${usage()}`)
}

function fits({ length }: readonly string[], takes: readonly string[]): boolean {
  const required = takes.filter((name) => !name.startsWith('['))
  return length === required.length || (length > required.length && required.length < takes.length)
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

async function main(): Promise<number> {
  const ofKeys = readKeyCommand(process.argv.slice(2))
  if (ofKeys) return carryOutOfKeys(ofKeys)
  const { command, positionals, values } = readArguments(process.argv.slice(2))
  const config = readConfig(process.env)
  const { vault, keyIds } = await openVault(config)
  const { db, close } = await openDatabase(config)
  const guarded = createGuardedFetch({ allowPrivate: config.development })
  const sender = createWebhookSender({ allowPrivate: config.development })
  try {
    const webhooks = bindWebhooks({ db, vault, sender, allowPrivate: config.development })
    const deps = operatorDeps({ db, doorbell: SILENT, vault }, guarded.fetch, config)
    const say = (line: string) => void process.stdout.write(`${line}\n`)
    const outcome = await command.run({ deps, webhooks, keyIds, say }, positionals, values)
    if (typeof outcome === 'string') {
      say(outcome)
      return 0
    }
    process.stderr.write(`${outcome.incomplete}\n`)
    return 1
  } finally {
    await guarded.close()
    await sender.close()
    await close()
  }
}

async function carryOutOfKeys(command: NonNullable<ReturnType<typeof readKeyCommand>>): Promise<number> {
  const { db, close } = await openDatabase(readConfig(process.env))
  try {
    process.stdout.write(`${await command({ db, doorbell: SILENT })}\n`)
    return 0
  } finally {
    await close()
  }
}

main().then((code) => process.exit(code), fail)
