import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay()
})
afterAll(() => patchbay.close())

const encoded = (text: string) => Buffer.from(text).toString('base64')
const notACursor = (argument: 'after' | 'before') =>
  new RegExp(`^${argument} isn’t a cursor of this list\\. Pass the (endCursor|startCursor) .*leave ${argument} out`)

test.each<[field: string, message: RegExp]>([
  ['plugins(after: "garbage") { edges { cursor } }', notACursor('after')],
  ['connectors(after: "=") { edges { cursor } }', notACursor('after')],
  ['viewer { skills(after: "") { edges { cursor } } }', notACursor('after')],
  ['viewer { activity(after: "garbage") { edges { cursor } } }', notACursor('after')],
  [`viewer { activity(after: "${encoded('GPC:S:nothing')}") { edges { cursor } } }`, notACursor('after')],
  ['viewer { activity(last: 2, before: "garbage") { edges { cursor } } }', notACursor('before')],
  ['plugins(first: 101) { edges { cursor } }', /^first must be between 0 and 100\./],
  ['viewer { activity(first: 101) { edges { cursor } } }', /^first must be between 0 and 100\./],
  ['viewer { activity(last: -1) { edges { cursor } } }', /^last must be between 0 and 100\./],
  ['viewer { activity(first: 1, before: "x") { edges { cursor } } }', /^Pass first and after to read on, or last/],
])('{ %s } is refused, and the message says which argument is wrong', async (field, message) => {
  const { errors } = await patchbay.execute('ada', `{ ${field} }`)
  expect(errors).toEqual([
    expect.objectContaining({ message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } }),
  ])
})

test('a cursor of the list itself, and of an item that is gone, is accepted', async () => {
  const { data } = await patchbay.execute<{ plugins: { edges: { cursor: string }[] } }>(
    'ada',
    '{ plugins(first: 1) { edges { cursor } } }',
  )
  for (const after of [data?.plugins.edges[0]?.cursor ?? '', Buffer.from('gone-by-now').toString('base64url')]) {
    const next = await patchbay.execute('ada', `{ plugins(first: 1, after: "${after}") { edges { node { slug } } } }`)
    expect(next).toMatchObject({ data: { plugins: { edges: [{}] } } })
  }
})
