import { readdir, readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { credentialsBinding } from '../domain/credential/client-credentials.js'
import { VaultError } from '../domain/ports/vault.js'
import { type ConfigureDeps, configureConnector } from '../domain/publishing/configure-connector.js'
import { publishPlugin } from '../domain/publishing/publish-plugin.js'
import type { SandboxApp } from '../sandbox/sandbox.js'

const folder = new URL('../../prisma/seed/', import.meta.url)

/**
 * Creates what you find on a first start: the sandbox's apps as connectors, one real app without credentials, and the
 * plugins of prisma/seed. Changes existing connectors only if the app describes itself differently now and the file in
 * PATCHBAY_CONNECTORS doesn't describe them, and existing plugins only if their file has a new version.
 */
export async function seedDevelopment(deps: ConfigureDeps, apps: readonly SandboxApp[]): Promise<void> {
  for (const app of apps) {
    const known = await deps.db.connector.findUnique({ where: { slug: app.slug }, include: { credential: true } })
    const wanted = sandboxConnector(app)
    const settings = known?.providerSettings as Partial<typeof wanted.oauth2> | null | undefined
    const isCurrent = (['issuer', 'scopeDescriptions', 'scopeRules', 'metadata'] as const).every((name) =>
      isDeepStrictEqual(settings?.[name], wanted.oauth2[name]),
    )
    if (!(isCurrent && (await knowsClient(deps, app, known?.credential?.sealed))) && !known?.fromFile)
      await configureConnector(deps, wanted)
  }
  if (!(await deps.db.connector.findUnique({ where: { slug: 'github' } }))) {
    await configureConnector(deps, { slug: 'github', name: 'GitHub', provider: 'github' })
  }
  for (const name of (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()) {
    const manifest = JSON.parse(await readFile(new URL(name, folder), 'utf8'))
    const published = await deps.db.plugin.findUnique({ where: { slug: manifest.slug } })
    if (published?.version !== manifest.version) await publishPlugin(deps, manifest)
  }
}

/**
 * Returns whether the stored client is the app's. In staging, its secret is new if the sandbox's state was lost. One that
 * is damaged is replaced, and one that can't be opened right now stays.
 */
async function knowsClient(
  { vault }: ConfigureDeps,
  { slug, clientId, clientSecret }: SandboxApp,
  sealed: Uint8Array | undefined,
): Promise<boolean> {
  if (!sealed) return false
  try {
    const stored = JSON.parse(await vault.open(sealed, credentialsBinding(slug)))
    return stored.clientId === clientId && stored.clientSecret === clientSecret
  } catch (error) {
    if (error instanceof VaultError) return error.retryable
    throw error
  }
}

function sandboxConnector(app: SandboxApp) {
  const { slug, name, issuer, clientId, clientSecret, signInUrl, hasWorkspaces } = app
  const base = hasWorkspaces ? `${issuer}/{workspace}` : issuer
  return {
    slug,
    name,
    signInUrl,
    credentials: { clientId, clientSecret },
    oauth2: {
      authorizationUrl: `${base}/authorize`,
      tokenUrl: `${base}/token`,
      revocationUrl: `${base}/revoke`,
      issuer,
      requiresIssuer: true,
      authorizationParameters: { prompt: 'consent' },
      identityScopes: ['openid', 'email', 'offline_access'],
      identity: { url: `${base}/userinfo`, idPath: 'sub', labelPaths: ['email', 'name'] },
      scopeDescriptions: scopeDescriptions(app),
      // For what the sandbox can be scripted to do: src/sandbox/token-forms.ts.
      scopeRules: { prefixes: [`https://${slug}.example/`], ignoreCase: true, implies: {} },
      tokenResponse: { zeroExpiresIn: 'unknown' },
      ...(hasWorkspaces ? withSites(base) : { metadata: {} }),
      variables: hasWorkspaces
        ? [{ name: 'workspace', label: 'workspace', placeholder: 'northwind', hint: 'Any workspace works here.' }]
        : [],
    },
  }
}

/** A person may have several sites there, and chooses one. */
function withSites(base: string) {
  const value = { from: 'lookup', hosts: null, required: true }
  return {
    lookup: { url: `${base}/api/sites`, choices: { idPath: 'id', labelPaths: ['name'] } },
    metadata: {
      siteId: { ...value, path: 'id', identifies: true, shown: false },
      siteName: { ...value, path: 'name', identifies: false, shown: true },
    },
  }
}

/** For example: “Read your mail: messages and attachments in every folder” */
function scopeDescriptions({ scopes }: SandboxApp): Record<string, string> {
  return Object.fromEntries(
    scopes.map(({ name, title, description }) => [
      name,
      `${title}: ${description[0]?.toLowerCase()}${description.slice(1).replace(/\.$/, '')}`,
    ]),
  )
}
