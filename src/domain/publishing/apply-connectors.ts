import { isDeepStrictEqual } from 'node:util'
import { lockCatalogue, raiseCatalogueRevision } from '../change/revision.js'
import { credentialsBinding } from '../credential/client-credentials.js'
import type { Tx } from '../db.js'
import type { Deps } from '../deps.js'
import { type InputFault, InvalidInputError } from '../errors.js'
import { readable } from '../input-faults.js'
import { type Discover, DiscoveryError } from '../ports/discovery.js'
import { statement } from '../ports/sql.js'
import { VaultError } from '../ports/vault.js'
import { type ConfigureDeps, type PreparedConnector, prepareConnector, SettingsSchema } from './configure-connector.js'
import { storeConnector } from './store-connector.js'
import { type ConnectorRow, factsOf, openCredentials } from './stored-connector.js'

/** What happened to the connectors of a file. */
export interface AppliedConnectors {
  /** The slugs of those that were created or changed. */
  changed: string[]
  /** Those whose issuer's metadata couldn't be read now, so that they keep the settings they have. */
  kept: { slug: string; why: string }[]
}

const MAX_TRIES = 10

const RELEASE = statement<[], never>('release-connectors', `UPDATE "Connector" SET "fromFile" = false WHERE "fromFile"`)

/** Without a file, no connector is managed by one. Users don't see who manages it, so this raises no revision. */
export async function releaseConnectors({ sql }: Pick<Deps, 'sql'>): Promise<void> {
  await sql.run(RELEASE)
}

/**
 * Makes the connectors what a file says, all of them or none. Connectors that are as the file says aren't written, and
 * those that it doesn't mention remain, but the file no longer manages them. Several instances may do this at the same
 * time.
 * @param inputs the file's connectors. An existing one keeps the credentials that are omitted
 * @param found faults that are known already. Of two with one path, these count
 * @throws InvalidInputError with the faults of all of them, and paths such as `connectors[0].name`
 */
export async function applyConnectors(
  deps: ConfigureDeps,
  inputs: readonly unknown[],
  found: readonly InputFault[] = [],
): Promise<AppliedConnectors> {
  const { prepared, kept, faults } = await prepareAll(deps, inputs)
  const reported = new Set(found.map(({ path }) => path))
  const all = [...found, ...faults.filter(({ path }) => !reported.has(path))]
  if (all.length > 0) throw new InvalidInputError('list of connectors', readable(all))
  const slugs = prepared.map(({ slug }) => slug)
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const before = await readRows(deps.db, slugs)
    const changes = await changesOf(deps, prepared, before)
    const revisions = await apply(deps, slugs, before, changes)
    if (!revisions) continue
    for (const revision of revisions) deps.notifier.notifyCatalogue(revision)
    return { changed: changes.map(({ slug }) => slug), kept }
  }
  throw new Error(`the connectors changed during each of ${MAX_TRIES} attempts to apply the file`)
}

async function prepareAll(deps: ConfigureDeps, inputs: readonly unknown[]) {
  const faults: InputFault[] = []
  const kept: AppliedConnectors['kept'] = []
  const prepare = async (input: unknown, index: number): Promise<PreparedConnector[]> => {
    try {
      return [await prepareConnector({ ...deps, discover: keepingStored(deps, input, kept) }, input)]
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error
      faults.push(...error.faults.map((fault) => ({ ...fault, path: pathIn(index, fault.path) })))
      return []
    }
  }
  const prepared = (await Promise.all(inputs.map(prepare))).flat()
  for (const [index, input] of inputs.entries()) {
    const slug = memberOf(input, 'slug')
    const first = inputs.findIndex((other) => memberOf(other, 'slug') === slug)
    if (typeof slug === 'string' && first < index) {
      faults.push({
        path: pathIn(index, 'slug'),
        message: `is the slug of ${pathIn(first, '(whole)')} too. Give one of them another`,
      })
    }
  }
  return { prepared, kept, faults }
}

function pathIn(index: number, path: string): string {
  return path === '(whole)' ? `connectors[${index}]` : `connectors[${index}].${path}`
}

/** A start doesn't depend on an issuer that is known already: without its metadata, the stored settings remain. */
function keepingStored({ db, discover }: ConfigureDeps, input: unknown, kept: AppliedConnectors['kept']): Discover {
  return async (...asked) => {
    try {
      return await discover(...asked)
    } catch (error) {
      const slug = memberOf(input, 'slug')
      if (!(error instanceof DiscoveryError) || typeof slug !== 'string') throw error
      const row = await db.connector.findUnique({ where: { slug } })
      const described = memberOf(input, 'openIdConnect')
      const { data: settings } = SettingsSchema.safeParse(memberOf(described, 'settings') ?? {})
      const variables = memberOf(described, 'variables')
      const said = { issuer: memberOf(described, 'issuer'), ...(variables != null && { variables }), settings }
      const isKnown = row && isDeepStrictEqual(row.issuerSettings, said)
      const stored = isKnown ? factsOf(row).providerSettings : null
      if (!stored) throw error
      kept.push({ slug, why: error.message })
      return stored
    }
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The rows of the file's connectors, and those that a file managed until now. */
interface Rows {
  named: ReadonlyMap<string, ConnectorRow>
  managed: readonly string[]
}

async function readRows(db: Deps['db'] | Tx, slugs: readonly string[]): Promise<Rows> {
  const rows = await db.connector.findMany({
    where: { OR: [{ slug: { in: [...slugs] } }, { fromFile: true }] },
    orderBy: { slug: 'asc' },
    include: { credential: true },
  })
  return {
    named: new Map(rows.flatMap((row) => (slugs.includes(row.slug) ? [[row.slug, row]] : []))),
    managed: rows.filter(({ fromFile }) => fromFile).map(({ slug }) => slug),
  }
}

/** A connector to write. Without new credentials, `sealed` is null. */
type Change = Pick<PreparedConnector, 'slug' | 'facts'> & { sealed: Uint8Array<ArrayBuffer> | null }

async function changesOf(
  deps: ConfigureDeps,
  prepared: readonly PreparedConnector[],
  { named }: Rows,
): Promise<Change[]> {
  const changes: Change[] = []
  for (const { slug, facts, credentials } of prepared) {
    const row = named.get(slug)
    const isCurrent = row && row.removedAt === null && isDeepStrictEqual(factsOf(row), facts)
    const isNew = credentials !== null && !isDeepStrictEqual(credentials, await credentialsIn(deps, row))
    if (isCurrent && !isNew) continue
    const sealed = isNew ? await deps.vault.seal(JSON.stringify(credentials), credentialsBinding(slug)) : null
    changes.push({ slug, facts, sealed })
  }
  return changes
}

/** Null if there are none, or none that open: the file's replace them. */
async function credentialsIn(deps: ConfigureDeps, row: ConnectorRow | undefined) {
  if (!row?.credential) return null
  try {
    return await openCredentials(deps, row.slug, row.credential.sealed)
  } catch (error) {
    if (error instanceof VaultError) return null
    throw error
  }
}

/** Returns the catalogue's new revisions, or null if the rows have changed since they were read. */
async function apply(
  { db }: ConfigureDeps,
  slugs: readonly string[],
  before: Rows,
  changes: readonly Change[],
): Promise<number[] | null> {
  if (changes.length === 0 && isDeepStrictEqual([...slugs].sort(), [...before.managed].sort())) return []
  return db.$transaction(async (tx) => {
    await lockCatalogue(tx)
    if (!isDeepStrictEqual(await readRows(tx, slugs), before)) return null
    const revisions: number[] = []
    for (const { slug, facts, sealed } of changes) {
      const { revision } = await raiseCatalogueRevision(tx, { connectorSlug: slug })
      await storeConnector(tx, slug, { facts, sealed, fromFile: true })
      revisions.push(revision)
    }
    // Users don't see who manages a connector, so this raises nothing.
    await tx.connector.updateMany({ where: { slug: { in: [...slugs] }, fromFile: false }, data: { fromFile: true } })
    await tx.connector.updateMany({ where: { slug: { notIn: [...slugs] }, fromFile: true }, data: { fromFile: false } })
    return revisions
  })
}
