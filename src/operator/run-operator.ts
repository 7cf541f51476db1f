import { claimDatabase } from '../app/claim-database.js'
import { fail } from '../app/explained-errors.js'
import { openDatabase, openVault, publishingDeps } from '../app/open-parts.js'
import { outboundNetworks } from '../app/outbound-networks.js'
import { VERSION } from '../app/version.js'
import { type Config, misspellings, readConfig } from '../config/environment.js'
import type { Database } from '../database/database.js'
import type { Notifier } from '../domain/ports/notifier.js'
import type { SqlDatabase } from '../domain/ports/sql.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { createHostTokens } from '../http/authentication/host-tokens.js'
import { createConnectorTest } from '../outbound/connector-test/connector-test.js'
import { createGuardedFetch } from '../outbound/guarded-fetch.js'
import { createProviderCheck } from '../outbound/provider-check/provider-check.js'
import { createProxiedFetch } from '../outbound/proxied-fetch.js'
import { createWebhookSender } from '../outbound/webhook-sender.js'
import { PROVIDER_COMMANDS } from './check-providers.js'
import { TOKEN_COMMANDS } from './check-token.js'
import { chosenDatabase } from './chosen-database.js'
import type { Commands } from './command.js'
import { CONNECTOR_COMMANDS } from './connector-commands.js'
import { KEY_COMMANDS } from './key-commands.js'
import { parseCommand } from './parse-command.js'
import { PUBLISHING_COMMANDS } from './publishing-commands.js'
import { createReadSecret } from './secret-input.js'
import { TEST_COMMANDS } from './test-connector.js'
import { VAULT_COMMANDS } from './vault-commands.js'
import { WEBHOOK_COMMANDS } from './webhook-commands.js'

export const COMMANDS: Commands = {
  ...PUBLISHING_COMMANDS,
  ...CONNECTOR_COMMANDS,
  ...TEST_COMMANDS,
  ...PROVIDER_COMMANDS,
  ...VAULT_COMMANDS,
  ...WEBHOOK_COMMANDS,
  ...KEY_COMMANDS,
  ...TOKEN_COMMANDS,
}

/** No notifications: the sweep of the instances that serve subscribers finds what a command changed. */
const SILENT: Notifier = { notify: () => {}, notifyCatalogue: () => {} }

const UNUSABLE = new Proxy({} as PrismaClient & SqlDatabase, {
  get: () => {
    throw new Error('this command said that it needs no database')
  },
})
const NO_DATABASE: Pick<Database, 'db' | 'sql' | 'close'> = {
  db: UNUSABLE,
  sql: UNUSABLE,
  close: async () => {},
}

/** @throws ConfigurationError if the database belongs to another mode, because a command would write to it too */
async function openClaimed(config: Config): Promise<Database> {
  const database = await openDatabase(config)
  try {
    await claimDatabase(database.sql, config)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Runs the command line and ends the process. */
export async function operate(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<never> {
  return process.exit(await runOperator(args, environment).catch(fail))
}

/**
 * Runs the command that the arguments name; with --version, prints the version instead.
 * @returns the exit code
 */
async function runOperator(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const say = (line: string) => void process.stdout.write(`${line}\n`)
  if (args.length === 1 && args[0] === '--version') {
    say(VERSION)
    return 0
  }
  const parsed = parseCommand(COMMANDS, args)
  const config = readConfig(environment)
  // On standard error, because programs read the rest.
  const remark = (line: string) => void process.stderr.write(`${line}\n`)
  misspellings(environment).forEach(remark)
  const used = parsed.command.offline ? null : chosenDatabase(config, parsed)
  const networks = outboundNetworks(config)
  const { vault, keyIds, tokenSecret } = await openVault(config)
  const { db, sql, close } = parsed.command.offline ? NO_DATABASE : await openClaimed(config)
  if (used !== null) remark(used) // if the database couldn't be opened, the error names it
  const guarded = createGuardedFetch(networks.apps)
  const connectorTest = createConnectorTest(guarded.fetch, networks.apps)
  const providerCheck = createProviderCheck(guarded.fetch, networks.apps)
  const proxied = config.proxies && createProxiedFetch(config.proxies)
  const sender = createWebhookSender(networks.webhooks)
  try {
    const deps = {
      ...publishingDeps({ db, notifier: SILENT, vault }, guarded, config),
      sql,
      sender,
      publicUrl: config.publicUrl ?? `http://localhost:${config.port}`,
      readSecret: createReadSecret(environment),
      verifyToken: createHostTokens({
        tokens: config.tokens,
        developmentSecret: tokenSecret,
        fetchKeys: proxied?.fetch,
      }).verify,
      tokens: config.tokens,
      connectorTest,
      providerCheck,
    }
    const { text, json, incomplete } = await parsed.command.run({ deps, keyIds, say }, parsed.args, parsed.options)
    if (parsed.options.json) say(JSON.stringify(json, null, 2))
    else if (incomplete) remark(text)
    else say(text)
    return incomplete ? 1 : 0
  } finally {
    await guarded.close()
    await connectorTest.close()
    await providerCheck.close()
    await sender.close()
    await proxied?.close()
    await close()
  }
}
