import { afterAll, beforeAll, expect, test } from 'vitest'
import { globalId } from '../../src/domain/global-id.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay()
})
afterAll(() => patchbay.close())

interface Requirement {
  id: string
  scopes: string[]
  connector: { slug: string }
}

interface Plugins {
  plugins: {
    edges: {
      node: { slug: string; requirements: Requirement[]; skills: { slug: string; requirements: Requirement[] }[] }
    }[]
  }
}

const PLUGINS = `{ plugins { edges { node {
  slug
  requirements { ...All }
  skills { slug requirements { ...All } }
} } } }
fragment All on Requirement { id scopes connector { slug } }`

test('a requirement’s id names its plugin and connector, so that normalized caches keep requirements apart', async () => {
  const { data } = await patchbay.execute<Plugins>('ada', PLUGINS)
  const plugins = data.plugins.edges.map(({ node }) => node)
  const byId = new Map<string, string>()
  for (const { slug, requirements, skills } of plugins) {
    for (const { id, connector } of requirements) expect(id).toBe(globalId('Requirement', `${slug}/${connector.slug}`))
    for (const requirement of [...requirements, ...skills.flatMap((skill) => skill.requirements)]) {
      const known = byId.get(requirement.id)
      byId.set(requirement.id, JSON.stringify(requirement))
      expect(known ?? JSON.stringify(requirement)).toBe(JSON.stringify(requirement))
    }
  }
  const narrowed = plugins.flatMap(({ requirements, skills }) =>
    skills.flatMap((skill) => skill.requirements.filter((own) => !requirements.some(({ id }) => id === own.id))),
  )
  expect(narrowed.length).toBeGreaterThan(0)
  expect((await patchbay.execute<Plugins>('ben', PLUGINS)).data).toEqual(data)
})
