import { afterAll, beforeAll, expect, test } from 'vitest'
import { globalId } from '../../src/domain/global-id.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay()
})
afterAll(() => patchbay.close())

const TYPES = [
  'Plugin',
  'Skill',
  'Connector',
  'ConnectedAccount',
  'PluginSetup',
  'SkillCopy',
  'Authorization',
  'Webhook',
]
const INHERITED = Object.getOwnPropertyNames(Object.prototype)
const ODD = ['', '\0', '\ud800', '/', '//', '%00', "'", '"', '\\', 'a'.repeat(5_000), '1e309', ...INHERITED]

test('G23: an id of no object, whatever it is made of, finds nothing and breaks nothing', async () => {
  const ids = [
    ...[...TYPES, ...INHERITED, '', '\0'].flatMap((type) => ODD.map((id) => globalId(type, id))),
    ...ODD,
    '=',
    'AA==',
    ':',
  ]
  expect(ids.length).toBeGreaterThan(400)
  for (let index = 0; index < ids.length; index += 100) {
    const some = ids.slice(index, index + 100)
    const answer = await patchbay.execute('ada', 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: some })
    expect(answer.data).toEqual({ nodes: some.map(() => null) })
    // Some look like slugs, which are refused in their place.
    for (const { extensions } of answer.errors ?? []) expect(extensions).toEqual({ code: 'NOT_FOUND' })
  }
})
