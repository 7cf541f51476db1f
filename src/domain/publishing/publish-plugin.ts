import { raiseCatalogueRevision } from '../change/revision.js'
import type { Deps } from '../deps.js'
import { InvalidInputError } from '../errors.js'
import { globalId } from '../global-id.js'
import { takeEffect } from '../idempotency/keyed-operation.js'
import { type Manifest, manifestHash, parseManifest } from './manifest.js'

/**
 * Publishes a new plugin or a new version of one. Running setups show the changes, but skill copies keep their text.
 * Publishing the same manifest again changes nothing, unless the plugin was retired. Then users can start it again.
 * @returns the plugin's slug
 * @throws InvalidInputError with every fault and its path; nothing is stored then
 */
export async function publishPlugin({ db, notifier }: Pick<Deps, 'db' | 'notifier'>, input: unknown): Promise<string> {
  const connectors = await db.connector.findMany({ where: { removedAt: null }, select: { slug: true } })
  const manifest = parseManifest(input, new Set(connectors.map(({ slug }) => slug)))
  const hash = manifestHash(manifest)
  const { slug, version } = manifest
  const published = await db.plugin.findUnique({ where: { slug } })
  if (published?.manifestHash === hash && published.retiredAt === null) return slug

  const revision = await db.$transaction(async (tx) => {
    const { revision, now } = await raiseCatalogueRevision(tx, { pluginSlug: slug })
    const current = await tx.plugin.findUnique({ where: { slug } })
    if (current?.version === version && current.manifestHash !== hash) {
      const message = `${version} is already published with different content. Raise the version`
      throw new InvalidInputError('manifest', [{ path: 'version', message }])
    }
    const named = manifest.connectors.map(({ connector }) => connector)
    // If a connector was removed since the manifest was read, no one could ever fulfill the requirement.
    const present = await tx.connector.findMany({
      where: { slug: { in: named }, removedAt: null },
      select: { slug: true },
    })
    const slugs = new Set(present.map((connector) => connector.slug))
    const faults = named.flatMap((name, index) =>
      slugs.has(name)
        ? []
        : [
            {
              path: `connectors[${index}].connector`,
              message: `the connector ${name} doesn’t exist. Configure it first`,
            },
          ],
    )
    if (faults.length > 0) throw new InvalidInputError('manifest', faults)
    const facts = {
      name: manifest.name,
      summary: manifest.summary,
      version,
      publisher: manifest.publisher ?? null,
      iconUrl: manifest.iconUrl ?? null,
      manifestHash: hash,
      publishedAt: now,
      retiredAt: null,
    }
    await tx.plugin.upsert({ where: { slug }, create: { slug, ...facts }, update: facts })
    await tx.requirement.deleteMany({ where: { pluginSlug: slug } })
    await tx.requirement.createMany({ data: requirementsOf(manifest) })
    await tx.skill.updateMany({
      where: { pluginSlug: slug, slug: { notIn: manifest.skills.map((skill) => skill.slug) }, retiredAt: null },
      data: { retiredAt: now },
    })
    for (const [position, skill] of manifest.skills.entries()) {
      const { slug: skillSlug, name, summary, instructions } = skill
      const facts = { position, name, summary, instructions, retiredAt: null }
      const key = { pluginSlug: slug, slug: skillSlug }
      await tx.skill.upsert({ where: { pluginSlug_slug: key }, create: { ...key, ...facts }, update: facts })
      await tx.skillRequirement.deleteMany({ where: { pluginSlug: slug, skillSlug } })
    }
    await tx.skillRequirement.createMany({ data: skillRequirementsOf(manifest) })
    await takeEffect(tx, 'publishPlugin', globalId('Plugin', slug))
    return revision
  })
  notifier.notifyCatalogue(revision)
  return slug
}

function requirementsOf({ slug, connectors }: Manifest) {
  return connectors.map(({ connector, scopes, reason, optional }, index) => ({
    pluginSlug: slug,
    connectorSlug: connector,
    position: index + 1,
    scopes,
    reason,
    optional,
  }))
}

function skillRequirementsOf({ slug, connectors, skills }: Manifest) {
  return skills.flatMap((skill) =>
    skill.uses.map(({ connector, scopes }) => ({
      pluginSlug: slug,
      skillSlug: skill.slug,
      connectorSlug: connector,
      scopes: scopes ?? connectors.find((required) => required.connector === connector)?.scopes ?? [],
    })),
  )
}
