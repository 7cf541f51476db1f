import { isDeepStrictEqual } from 'node:util'
import { ConfigurationError } from '../config/configuration-error.js'
import { type EnteredVariable, enteredVariables } from '../domain/authorization/entered-variables.js'
import { endpointUrls, type Provider } from '../domain/catalogue/provider.js'
import { providerWith } from '../domain/catalogue/provider-urls.js'
import { variablesIn } from '../domain/catalogue/url-template.js'
import { InvalidInputError, InvalidVariablesError } from '../domain/errors.js'
import { redirectUri } from '../domain/oauth-urls.js'
import { checkedCredentials } from '../domain/publishing/check-credentials.js'
import { rediscovered } from '../domain/publishing/configure-connector.js'
import type { StoredConnector } from '../domain/publishing/stored-connector.js'
import type { Check } from '../outbound/connector-test/check.js'
import type { CommandContext, Commands } from './command.js'
import { enteredIn } from './entered-option.js'
import { type Client, clientOf, known } from './known-connector.js'

type Deps = CommandContext['deps']

export const TEST_COMMANDS: Commands = {
  'test-connector': {
    takes: ['<connector>'],
    options: { variable: { value: '<name>=<value>', repeated: true }, json: {} },
    explanation: 'ask a connector’s provider whether it works; changes nothing',
    async run({ deps, say }, [slug = ''], { json, variable }) {
      const stored = await known(deps, slug)
      const entered = enteredIn(variable)
      const checks: Check[] = []
      for await (const check of checksOf(deps, stored, entered)) {
        checks.push(check)
        if (!json) for (const line of linesOf(check)) say(line)
      }
      if (!json) say('')
      const failed = checks.filter(({ status }) => status === 'failed').length
      const unclear = checks.filter(({ status }) => status === 'unknown').length
      return {
        text: [summary(slug, failed), unclear > 0 ? `${plural(unclear, 'check')} can’t tell.` : ''].join(' ').trim(),
        json: { connector: slug, redirectUri: redirectUri(deps.publicUrl, slug), ok: failed === 0, checks },
        incomplete: failed > 0,
      }
    },
  },
}

async function* checksOf(
  deps: Deps,
  stored: StoredConnector,
  entered: readonly EnteredVariable[],
): AsyncGenerator<Check> {
  const { slug, facts, connector } = stored
  yield { name: 'connector', status: 'ok', detail: `${facts.name}, with the provider ${facts.provider}` }
  const client = await clientOf(deps, stored)
  yield credentialsCheck(slug, client, stored)
  yield await metadataCheck(deps, stored)
  const uri = redirectUri(deps.publicUrl, slug)
  const credentials = client && 'credentials' in client ? client.credentials : null
  const scopes = await scopesOf(deps, stored)
  const provider = providerOfOne(connector.provider, entered)
  if (provider) yield* deps.connectorTest.run({ provider, credentials, redirectUri: uri, scopes })
  else yield withoutValues(connector.provider)
  yield { name: 'redirect URI', status: 'ok', detail: `register exactly this one at the provider: ${uri}` }
}

/** Returns the provider as it is for one customer, or null if no one said for which. */
function providerOfOne(provider: Provider, entered: readonly EnteredVariable[]): Provider | null {
  try {
    return providerWith(provider, enteredVariables(provider, entered, {}))
  } catch (error) {
    if (!(error instanceof InvalidVariablesError)) throw error
    if (entered.length === 0) return null
    throw new ConfigurationError(error.faults.map(({ variable, message }) => `${variable}: ${message}`).join('\n'))
  }
}

function withoutValues(provider: Provider): Check {
  const settings = endpointUrls(provider).flatMap(({ setting, url }) => (variablesIn(url).length > 0 ? [setting] : []))
  const values = provider.variables.map(({ name, placeholder }) => `--variable ${name}=${placeholder}`)
  return {
    name: 'variables',
    status: 'unknown',
    detail: `the addresses differ for each customer, so these weren’t tested: ${settings.join(', ')}`,
    change: `Pass the values of one customer, as in ${values.join(' ')}`,
  }
}

function credentialsCheck(slug: string, client: Client | null, { connector, fromFile }: StoredConnector): Check {
  const name = 'credentials'
  const set = fromFile ? 'Correct them in the file in PATCHBAY_CONNECTORS.' : `Run set-credentials ${slug}.`
  if (!client) {
    const change = fromFile ? set : `Run set-credentials ${slug} --client-id <id>.`
    return { name, status: 'failed', detail: 'there are none, so no one can connect it', change }
  }
  if ('unopened' in client) {
    const change = 'Add the key that sealed them to PATCHBAY_KEYS again, or set the credentials again.'
    return { name, status: 'failed', detail: 'they can’t be opened', got: client.unopened, change }
  }
  try {
    checkedCredentials(client.credentials, connector.provider)
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    const got = error.faults.map(({ message }) => `the secret ${message}`).join('; ')
    return {
      name,
      status: 'failed',
      detail: `they don’t suit ${connector.provider.clientAuthentication}`,
      got,
      change: set,
    }
  }
  return {
    name,
    status: 'ok',
    detail: `client id ${client.clientId}${client.hasSecret ? ', with a secret' : ', without a secret'}`,
  }
}

/** Compares an issuer's metadata with what was stored when the connector was configured. */
async function metadataCheck(deps: Deps, { slug, facts, connector, fromFile }: StoredConnector): Promise<Check> {
  const name = 'metadata'
  const { issuerSettings, providerSettings } = facts
  if (facts.provider !== 'openid-connect' || !providerSettings) {
    const origin = providerSettings ? 'oauth2' : 'the catalogue'
    return { name, status: 'skipped', detail: `the settings are those of ${origin}, not read from an issuer` }
  }
  const { issuer, issuerTemplate } = providerSettings
  // A connector of an earlier version. With a template, there is no single issuer.
  if (!issuerSettings && !issuer) {
    return { name, status: 'skipped', detail: 'which issuer it was read from isn’t known' }
  }
  const described = issuerSettings ?? { issuer: issuer ?? '', settings: { ...(issuerTemplate && { issuerTemplate }) } }
  const asked = `the metadata of ${described.issuer}`
  const again = fromFile ? 'Restart Patchbay' : 'Configure the connector again'
  try {
    const now = await rediscovered(deps, described)
    const moved = Object.entries(now).filter(([setting, value]) => {
      return !isDeepStrictEqual(value, Reflect.get(connector.provider, setting))
    })
    if (moved.length === 0) return { name, status: 'ok', detail: `${described.issuer} says what is stored` }
    const got = moved
      .map(
        ([setting, value]) => `${setting} ${text(value)} instead of ${text(Reflect.get(connector.provider, setting))}`,
      )
      .join('; ')
    // Which settings the operator wrote isn't known.
    if (!issuerSettings) {
      const change = `If you didn’t choose these yourself in settings, configure ${slug} again.`
      return { name, status: 'unknown', detail: 'it differs from what is stored', asked, got, change }
    }
    const change = `${again}, so that Patchbay uses what the issuer says now.`
    return { name, status: 'failed', detail: 'it has changed since the connector was configured', asked, got, change }
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    const got = error.faults.map(({ message }) => message).join('; ')
    const change = 'Check the issuer. Until it answers, the stored settings apply.'
    return { name, status: 'failed', detail: 'it can’t be read', asked, got, change }
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What authorizations request: the connector's own scopes, and those of all plugins. */
async function scopesOf({ db }: Deps, { slug, connector }: StoredConnector): Promise<string[]> {
  const requirements = await db.requirement.findMany({ where: { connectorSlug: slug, plugin: { retiredAt: null } } })
  const { provider, defaultScopes } = connector
  return [...new Set([...provider.identityScopes, ...defaultScopes, ...requirements.flatMap(({ scopes }) => scopes)])]
}

export const WORDS = { ok: 'ok', failed: 'failed', skipped: 'skipped', unknown: 'can’t tell' }
const WIDTHS = { status: 10, name: 19 }

function linesOf({ name, status, detail, asked, got, change }: Check): string[] {
  const indent = ' '.repeat(WIDTHS.status + WIDTHS.name + 4)
  const more = { asked, got, change }
  return [
    `${WORDS[status].padEnd(WIDTHS.status)}  ${name.padEnd(WIDTHS.name)}  ${detail}`,
    ...Object.entries(more).flatMap(([label, value]) => (value ? [`${indent}${`${label}:`.padEnd(8)}${value}`] : [])),
  ]
}

function summary(slug: string, failed: number): string {
  return failed === 0 ? `No check of ${slug} failed.` : `${plural(failed, 'check')} of ${slug} failed.`
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
