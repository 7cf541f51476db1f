import { referenceTo } from '../app/connector-file/reference.js'
import { ConfigurationError } from '../config/configuration-error.js'
import { redirectUri } from '../domain/oauth-urls.js'
import {
  describeConnector,
  describeSettings,
  effectiveSettings,
  type Setting,
} from '../domain/publishing/describe-connector.js'
import { setCredentials } from '../domain/publishing/set-credentials.js'
import { listConnectors, type StoredConnector } from '../domain/publishing/stored-connector.js'
import type { CommandContext, Commands } from './command.js'
import { type Client, clientOf, known } from './known-connector.js'
import { indented, listing } from './listing.js'

type Deps = CommandContext['deps']

/** Commands for single connectors, apart from publishing them. */
export const CONNECTOR_COMMANDS: Commands = {
  'set-credentials': {
    takes: ['<connector>'],
    options: { 'client-id': { value: '<id>' }, 'secret-env': { value: '<variable>' } },
    explanation: 'replace a connector’s credentials; reads the secret from standard input or a variable',
    async run({ deps }, [slug = ''], { 'client-id': clientId, 'secret-env': variable }) {
      const { connector } = await known(deps, slug)
      const hasNone = connector.provider.clientAuthentication === 'none'
      if (hasNone && variable !== undefined) throw new ConfigurationError(`${slug} is a client without a secret.`)
      const clientSecret = hasNone ? null : await deps.readSecret(textOf(variable))
      if (clientSecret === '') throw new ConfigurationError('The secret is empty.')
      const id = await setCredentials(deps, slug, { clientId: textOf(clientId) ?? null, clientSecret })
      return { text: `Set the credentials of ${slug}: client id ${id}${hasNone ? '' : ', and a new secret'}.` }
    },
  },
  'show-connector': {
    takes: ['<connector>'],
    options: { json: {} },
    explanation: 'show a connector’s settings, where they come from, and who uses it',
    async run({ deps }, [slug = '']) {
      const stored = await known(deps, slug)
      const shown = await showConnector(deps, stored)
      return { text: await describe(shown, describeSettings(stored.connector.provider)), json: shown }
    },
  },
  'export-connectors': {
    takes: [],
    options: { json: {} },
    explanation: 'print all connectors as a file for PATCHBAY_CONNECTORS, without secrets',
    async run({ deps }) {
      const connectors: object[] = []
      for (const stored of await listConnectors(deps)) {
        const credentials = await clientOf(deps, stored)
        connectors.push({
          ...describeConnector(stored),
          ...(credentials && { credentials: exported(stored, credentials) }),
        })
      }
      const { default: yaml } = await import('yaml')
      return { text: yaml.stringify({ connectors }, { lineWidth: 0 }).trimEnd(), json: { connectors } }
    },
  },
}

/** The name has the slug at its end, because a variable can't begin with a digit or with PATCHBAY_. */
function exported({ slug }: StoredConnector, client: Client) {
  const name = slug.toUpperCase().replaceAll('-', '_')
  const clientSecret = referenceTo(`CLIENT_SECRET_${name}`)
  if ('unopened' in client) return { clientId: referenceTo(`CLIENT_ID_${name}`), clientSecret }
  return { clientId: client.clientId, ...(client.hasSecret && { clientSecret }) }
}

async function showConnector(deps: Deps, stored: StoredConnector) {
  const { slug, facts, connector, fromFile } = stored
  const client = await clientOf(deps, stored)
  const plugins = await deps.db.plugin.findMany({
    where: { retiredAt: null, requirements: { some: { connectorSlug: slug } } },
    select: { slug: true },
    orderBy: { slug: 'asc' },
  })
  const connections = await deps.db.connection.groupBy({ by: ['status'], where: { connectorSlug: slug }, _count: true })
  return {
    slug,
    name: facts.name,
    provider: facts.provider,
    variables: (facts.providerOverrides ?? facts.issuerSettings)?.variables ?? {},
    managedBy: fromFile ? 'file' : 'api',
    credentials: client && ('unopened' in client ? client : { clientId: client.clientId, hasSecret: client.hasSecret }),
    redirectUri: redirectUri(deps.publicUrl, slug),
    iconUrl: connector.iconUrl,
    signInUrl: connector.signInUrl,
    defaultScopes: connector.defaultScopes,
    scopeDescriptions: connector.scopeDescriptions,
    plugins: plugins.map((plugin) => plugin.slug),
    connections: Object.fromEntries(connections.map(({ status, _count }) => [status, _count])),
    settings: effectiveSettings(stored, deps.providers),
  }
}

const SOURCES = { catalogue: 'the catalogue', metadata: 'the issuer’s metadata', default: 'the defaults' }

/** @param brief the settings without defaults, at any depth */
async function describe(
  shown: Awaited<ReturnType<typeof showConnector>>,
  brief: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { credentials, plugins, connections, settings, defaultScopes } = shown
  const { default: yaml } = await import('yaml')
  const counts = Object.entries(connections).map(([status, count]) => `${count} ${status}`)
  const facts = listing([
    ['name', shown.name],
    ['provider', shown.provider],
    ...Object.entries(shown.variables).map(([name, value]) => [`variable ${name}`, value] as const),
    ['managed by', shown.managedBy === 'file' ? 'the file in PATCHBAY_CONNECTORS' : 'commands and the API'],
    ['credentials', credentialsText(credentials)],
    ['redirect URI', shown.redirectUri],
    ['default scopes', defaultScopes.join(' ') || 'none'],
    ['sign-in URL', shown.signInUrl ?? 'none'],
    ['icon URL', shown.iconUrl ?? 'none'],
    ['plugins', plugins.length === 0 ? 'none' : `${plugins.length}: ${plugins.join(', ')}`],
    ['connections', counts.join(', ') || 'none'],
  ])
  const described = settings.flatMap((setting) => {
    const { name, value, source } = setting
    // Descriptions are long, and for users.
    if (source === 'default' || name === 'scopeDescriptions') return []
    const text = yaml.stringify(Object.hasOwn(brief, name) ? brief[name] : value, { lineWidth: 0 }).trimEnd()
    return [...indented(`${name}, ${origin(setting)}`, 0), ...indented(text, 2), '']
  })
  const lines = [shown.slug, '', ...facts, '', 'SETTINGS', '', ...described, 'All other settings have their defaults.']
  return lines.join('\n')
}

function origin({ source, parts }: Setting): string {
  if (source !== 'configured') return `from ${SOURCES[source]}`
  return parts ? `from the catalogue, with configured ${parts.join(', ')}` : 'configured'
}

function credentialsText(credentials: Awaited<ReturnType<typeof showConnector>>['credentials']): string {
  if (!credentials) return 'not set, so no one can connect it'
  if ('unopened' in credentials) return `set, but they can’t be opened: ${credentials.unopened}`
  return `client id ${credentials.clientId}, ${credentials.hasSecret ? 'and a secret' : 'without a secret'}`
}

function textOf(option: string | true | undefined): string | undefined {
  return typeof option === 'string' ? option : undefined
}
