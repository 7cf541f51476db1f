/**
 * The fixture in Patchbay's tables. Patchbay migrates them and publishes the catalogue itself. People come by SQL,
 * because connecting 100,000 accounts one after another would take an hour.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import {
  CONNECTORS,
  connectionStatus,
  connectorAt,
  hasSetup,
  isConnected,
  numbers,
  organizationOf,
  PLUGINS,
  pluginOf,
  REQUIREMENTS_PER_PLUGIN,
  SKILLS_PER_PLUGIN,
  scopesOf,
} from '../fixture/fixture.js'
import { startServer } from '../rig/server.js'
import type { Command, Place } from './contestant.js'
import { connectorSlug, ISSUER, patchbayUserId, pluginSlug, type Size, setupId } from './patchbay-facts.js'

export async function fillCatalogue(
  place: Place,
  size: Size,
  operatorToken: string,
  command: (place: Place, port: number) => Command,
): Promise<void> {
  const server = await startServer({ command: (port) => command(place, port), isReady: answersAt('/readyz') })
  const operate = operatorAt(server.url, operatorToken)
  try {
    for (const connectorId of numbers(CONNECTORS)) {
      await operate('configureConnector', 'ConfigureConnectorInput', connectorInput(connectorId, place.tokenUrl))
    }
    for (const pluginId of numbers(PLUGINS)) {
      await operate('publishPlugin', 'PublishPluginInput', { manifest: manifestOf(pluginId) })
    }
  } finally {
    await server.stop()
  }
  for (const copy of numbers(size.plugins / PLUGINS - 1)) await copyPlugins(place, copy)
}

const answersAt = (path: string) => async (url: string) => (await fetch(`${url}${path}`)).ok

function operatorAt(url: string, token: string) {
  return async (mutation: string, type: string, input: object): Promise<void> => {
    const query = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) { __typename } }`
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { input } }),
    })
    const answer = (await response.json()) as { data?: { result: { __typename: string } }; errors?: unknown }
    if (!answer.data || answer.data.result.__typename.endsWith('Error')) throw new Error(JSON.stringify(answer))
  }
}

const connectorInput = (connectorId: number, tokenUrl: string) => ({
  slug: connectorSlug(connectorId),
  name: `Connector ${connectorId}`,
  oauth2: { authorizationUrl: tokenUrl.replace('/token', '/authorize'), tokenUrl },
  credentials: { clientId: 'bench', clientSecret: 'bench' },
})

const manifestOf = (pluginId: number) => ({
  slug: pluginSlug(pluginId),
  name: `Plugin ${pluginId}`,
  summary: `What plugin ${pluginId} does`,
  version: '1.0.0',
  connectors: numbers(REQUIREMENTS_PER_PLUGIN).map((position) => ({
    connector: connectorSlug(connectorAt(pluginId, position)),
    scopes: scopesOf(pluginId, position),
    reason: 'To work.',
  })),
  skills: numbers(SKILLS_PER_PLUGIN).map((skill) => ({
    slug: `skill-${skill}`,
    name: `Skill ${skill} of plugin ${pluginId}`,
    summary: `What skill ${skill} of plugin ${pluginId} does`,
    instructions: 'Do it.',
    uses: [{ connector: connectorSlug(connectorAt(pluginId, 1 + (skill % REQUIREMENTS_PER_PLUGIN))) }],
  })),
})

/** A larger catalogue: the same plugins again, under other names. */
async function copyPlugins({ pool }: Place, copy: number): Promise<void> {
  const COPIED: [table: string, key: string, columns: string][] = [
    ['Plugin', 'slug', 'name, summary, version, publisher, "iconUrl", "manifestHash", "publishedAt", "retiredAt"'],
    ['Skill', '"pluginSlug"', 'slug, position, name, summary, instructions'],
    ['Requirement', '"pluginSlug"', '"connectorSlug", position, scopes, reason, optional'],
    ['SkillRequirement', '"pluginSlug"', '"skillSlug", "connectorSlug", scopes'],
  ]
  for (const [table, key, columns] of COPIED) {
    await pool.query(`INSERT INTO "${table}" (${key}, ${columns})
      SELECT ${key} || '-copy-${copy}', ${columns} FROM "${table}" WHERE ${key} ~ '^plugin-[0-9]+$'`)
  }
}

export async function fillPeople({ pool }: Place, size: Size, people: readonly number[]): Promise<void> {
  await pool.query(
    `INSERT INTO "User" (id, issuer, subject, organization, revision, "createdAt")
      SELECT id, '${ISSUER}', subject, organization, 1, now()
      FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (id, subject, organization)`,
    [people.map(patchbayUserId), people.map(String), people.map((userId) => String(organizationOf(userId)))],
  )
  await insertConnections(pool, size.connectionsPerUser, people)
  await insertSetups(pool, people)
  if (size.connectionsPerUser === null) await bindSteps(pool, people)
}

/** @param perUser how many connections each of the first 500 people gets, instead of the fixture's */
async function insertConnections(
  pool: Place['pool'],
  perUser: number | null,
  people: readonly number[],
): Promise<void> {
  const ofPerson = (userId: number) => {
    if (perUser === null) {
      const connected = numbers(CONNECTORS).filter((connectorId) => isConnected(userId, connectorId))
      return connected.map((connectorId) => ({ userId, connectorId, account: null as string | null }))
    }
    if (userId > 500) return []
    return numbers(perUser, 0).map((index) => ({
      userId,
      connectorId: 1 + (index % CONNECTORS),
      account: `account-${index}` as string | null,
    }))
  }
  const rows = people.flatMap(ofPerson)
  const ids = rows.map(() => randomUUID())
  await pool.query(
    `INSERT INTO "Connection" (id, "userId", "connectorSlug", status, "accountId", "accountLabel", "grantedScopes",
        "connectedAt", "authorizedAt", "accessTokenExpiresAt", refreshable, "accessTokenIssuedAt")
      SELECT id, person, connector, status::"ConnectionStatus", account, account, '{read:1,offline}',
        now(), now(), now() + interval '1 day', true, now()
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
        AS given (id, person, connector, status, account)`,
    [
      ids,
      rows.map(({ userId }) => patchbayUserId(userId)),
      rows.map(({ connectorId }) => connectorSlug(connectorId)),
      rows.map(({ userId, connectorId }) => connectionStatus(userId, connectorId).replace('PENDING', 'BROKEN')),
      rows.map(({ account }) => account),
    ],
  )
  // Nothing opens these tokens: without an identity URL, Patchbay has nothing to ask the app.
  await pool.query(
    'INSERT INTO "ConnectionToken" ("connectionId", sealed) SELECT id, $2 FROM unnest($1::uuid[]) AS id',
    [ids, randomBytes(300)],
  )
}

async function insertSetups(pool: Place['pool'], people: readonly number[]): Promise<void> {
  const started = (userId: number) =>
    numbers(PLUGINS).filter((pluginId) => hasSetup(userId, pluginId) || pluginId === pluginOf(userId))
  const rows = people.flatMap((userId) => started(userId).map((pluginId) => ({ userId, pluginId })))
  await pool.query(
    `INSERT INTO "Setup" (id, "userId", "pluginSlug", "startedAt", "announcedStatus", "announcedRevision")
      SELECT id, person, plugin, now(), 'NEEDS_ATTENTION', (SELECT revision FROM "Catalogue")
      FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS given (id, person, plugin)`,
    [
      rows.map(({ userId, pluginId }) => setupId(userId, pluginId)),
      rows.map(({ userId }) => patchbayUserId(userId)),
      rows.map(({ pluginId }) => pluginSlug(pluginId)),
    ],
  )
}

/** What people have connected, they connected for the setup that they watch. */
async function bindSteps(pool: Place['pool'], people: readonly number[]): Promise<void> {
  await pool.query(
    `INSERT INTO "StepBinding" ("setupId", "connectorSlug", "connectionId", "boundAt", authorized)
      SELECT s.id, c."connectorSlug", c.id, now(), true
      FROM unnest($1::uuid[]) AS watched (id)
      JOIN "Setup" s USING (id)
      JOIN "Requirement" r ON r."pluginSlug" = s."pluginSlug"
      JOIN "Connection" c ON c."userId" = s."userId" AND c."connectorSlug" = r."connectorSlug"`,
    [people.map((userId) => setupId(userId, pluginOf(userId)))],
  )
}
