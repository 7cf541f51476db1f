import type { Connector } from '../catalogue/catalogue.js'
import { type Permission, permissionsOf } from '../catalogue/permissions.js'
import { isSameScope, missingScopes } from '../catalogue/scopes.js'
import type { Deps } from '../deps.js'
import { type Sql, statement } from '../ports/sql.js'
import type { AuthorizationRecord } from './authorization-record.js'

interface Granted {
  grantedScopes: string[]
  /** Null without a setup. */
  pluginSlug: string | null
}

const FIND_GRANTED = statement<[id: string], Granted>(
  'find-granted-scopes',
  `SELECT "grantedScopes", "pluginSlug"
  FROM "Authorization" tried
  JOIN "Connection" ON "Connection".id = "connectionId"
  LEFT JOIN "Setup" ON "Setup".id = "setupId"
  WHERE tried.id = $1::uuid`,
)

/**
 * Returns the permissions that are missing although the authorization succeeded, because the person unticked them or the
 * app withheld them. They are those that the plugin of the setup needs. Without a setup, they are those of all plugins
 * that were requested.
 */
export async function withheldPermissions(
  { sql, catalogue }: { sql: Pick<Sql, 'run'>; catalogue: Deps['catalogue'] },
  authorization: AuthorizationRecord,
  connector: Connector,
): Promise<Permission[]> {
  if (authorization.status !== 'SUCCEEDED') return []
  const [granted] = await sql.run(FIND_GRANTED, authorization.id)
  if (!granted) return []
  const { plugins } = await catalogue.at(authorization.catalogueRevision)
  const plugin = granted.pluginSlug === null ? undefined : plugins.get(granted.pluginSlug)
  const needed = plugin
    ? plugin.requirements.filter((each) => each.connector.slug === connector.slug).flatMap(({ scopes }) => scopes)
    : requestedByPlugins(authorization, connector)
  return permissionsOf(connector, missingScopes(connector.provider, needed, granted.grantedScopes))
}

function requestedByPlugins({ scopes }: AuthorizationRecord, { provider, defaultScopes }: Connector): string[] {
  const always = [...provider.identityScopes, ...defaultScopes]
  return scopes.filter((scope) => !always.some((other) => isSameScope(provider, scope, other)))
}
