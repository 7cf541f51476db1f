import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { RawSocket } from '../../support/raw.js'

/** Without the limits, some of these queries take hours. */
const QUICKLY_MS = 10_000

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay()
  await patchbay.execute('ben', '{ viewer { id } }')
})
afterAll(() => patchbay.close())

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ')

/** A selection of this depth, counted from the operation: a plugin's setup's plugin's setup … */
const nested = (depth: number, bottom: string) => {
  const levels = depth - 4
  const middle = times(levels, (i) => (i % 2 ? 'plugin {' : 'setup {'))
  return `{ plugins { edges { node { ${middle} ${bottom} ${'}'.repeat(levels)} } } } }`
}

/** Each fragment spreads the next one twice, so thirty of them double thirty times. */
const doubling = `{ ...f0 } ${times(30, (i) => `fragment f${i} on Query { a${i}: __typename ...f${i + 1} ...f${i + 1} }`)}
  fragment f30 on Query { __typename }`

describe('G2: query limits', () => {
  const queries: [string, string, RegExp][] = [
    ['too much depth', nested(17, 'id'), /^This query is 17 levels deep, and 16 is the limit\. Select less/],
    [
      'too many aliases',
      `{ ${times(31, (i) => `a${i}: viewer { id }`)} }`,
      /^This query has 31 aliases, and 30 is the limit\. Split it/,
    ],
    [
      'too many directives',
      `{ ${times(51, () => '__typename @include(if: true)')} }`,
      /^This query has 51 directives, and 50 is the limit\. Remove some/,
    ],
    [
      'too many tokens',
      `{ ${times(2_001, () => '__typename')} }`,
      /^This query has more than 2,000 names, values and punctuation marks.*Pass values as variables/,
    ],
    [
      'too high a cost',
      '{ plugins(first: 10000) { edges { node { id } } } }',
      /^This query costs 101,770, and 50,000 is the limit\. Ask for fewer with `first`/,
    ],
    ['fragments that double', doubling, /is the limit/],
    ['circular fragments', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }', /fragment/i],
  ]

  test.each(queries)('a query with %s is refused quickly over HTTP', async (_limit, query, reason) => {
    const start = performance.now()
    const response = await patchbay.request('ben', query, {}, { accept: 'application/graphql-response+json' })
    expect(performance.now() - start).toBeLessThan(QUICKLY_MS)
    const { errors, data } = (await response.json()) as {
      errors: { message: string; extensions: { code: string } }[]
      data?: unknown
    }
    expect(response.status).toBe(400)
    expect(errors[0]?.message).toMatch(reason)
    expect(errors[0]?.extensions.code).toMatch(/^GRAPHQL_(VALIDATION|PARSE)_FAILED$/)
    expect(data).toBeUndefined()
  })

  test.each(queries)('a query with %s is refused quickly over WebSocket', async (_limit, query, reason) => {
    const socket = await RawSocket.open(patchbay)
    await socket.init(`Bearer ${await patchbay.tokenFor('ben')}`)
    const start = performance.now()
    const message = await socket.execute(query)
    expect(performance.now() - start).toBeLessThan(QUICKLY_MS)
    const reasoned = expect.objectContaining({ message: expect.stringMatching(reason) })
    expect(message).toMatchObject({ type: 'error', payload: expect.arrayContaining([reasoned]) })
    for (const { extensions } of message.payload as { extensions: object }[])
      expect(extensions).not.toHaveProperty('http')
    socket.terminate()
  })

  test('a query just within the limits is answered', async () => {
    for (const query of [
      nested(16, 'id'),
      `{ ${times(30, (i) => `a${i}: viewer { id }`)} }`,
      `{ ${times(50, () => '__typename @include(if: true)')} }`,
      `{ ${times(660, (i) => `a${i}: __typename`)} }`,
    ]) {
      expect(await patchbay.execute('ben', query)).not.toHaveProperty('errors')
    }
  })
})

describe('G24: what is slow to validate or to coerce is refused before', () => {
  const slow: [string, string, string][] = [
    ['the same field many times', `{ ${times(490, () => 'viewer { id }')} }`, 'repeated-fields'],
    [
      'the same name for different fields',
      `{ viewer { ${times(600, (i) => `a: ${i % 2 ? 'id' : 'name'}`)} } }`,
      'repeated-fields',
    ],
    [
      'the same fields in fragments within fragments',
      `{ ...f0 } ${times(28, (i) => `fragment f${i} on Query { viewer { id name } ${times(Math.min(20, 27 - i), (j) => `...f${i + j + 1}`)} }`)}
        fragment f28 on Query { viewer { id } }`,
      'repeated-fields',
    ],
    [
      'an unused fragment that is slow',
      `{ __typename } fragment f on Query { ${times(490, () => 'viewer { id }')} }`,
      'repeated-fields',
    ],
    ['many fragments', `{ ...f0 } ${times(101, (i) => `fragment f${i} on Query { ...f${i + 1} }`)}`, 'fragments'],
    [
      'fields that fragments multiply',
      `{ ...f0 } ${times(14, (i) => `fragment f${i} on Query { ${times(2, (j) => `b${j}: plugin(slug: "a") { setup { plugin { id } } } ...f${i + 1}`)} }`)}
        fragment f14 on Query { __typename } ${times(12, (i) => `fragment g${i} on Plugin { x: setup { plugin { ...g${i + 1} } } y: setup { plugin { ...g${i + 1} } } }`)}
        fragment g12 on Plugin { ${times(9, (i) => `z${i}: id`)} }`,
      'fields',
    ],
    ['a long name', `{ ${'x'.repeat(50_000)} }`, 'text'],
    ['long comments', `{ viewer { id } } #${' '.repeat(50_000)}`, 'text'],
  ]

  test.each(slow)('%s', async (_what, query, limit) => {
    const reason = [
      { message: expect.stringContaining('split it'), extensions: { code: 'GRAPHQL_VALIDATION_FAILED', limit } },
    ]
    const response = await patchbay.execute('ben', query)
    expect(response).toEqual({ errors: reason })
    const socket = await RawSocket.open(patchbay)
    await socket.init(`Bearer ${await patchbay.tokenFor('ben')}`)
    expect(await socket.execute(query)).toMatchObject({ type: 'error', payload: reason })
    socket.terminate()
  })

  test('a list of more than 1,000 items in the variables, valid or not', async () => {
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }'
    for (const item of ['x', {}]) {
      const { errors } = await patchbay.execute('ben', query, { ids: Array(1_001).fill(item) })
      expect(errors).toEqual([
        {
          message: 'A list in the variables has 1,001 items, and 1,000 is the limit. Send it in several operations.',
          extensions: { code: 'LIMIT_EXCEEDED', limit: 'list-items' },
        },
      ])
    }
  })

  test('a search that is too long', async () => {
    const { errors } = await patchbay.execute(
      'ben',
      'query ($search: String) { plugins(search: $search) { edges { cursor } } }',
      {
        search: 'a '.repeat(101),
      },
    )
    expect(errors).toEqual([
      expect.objectContaining({ message: 'search may have at most 200 characters. Pass fewer words.' }),
    ])
  })
})

test.each(['HTTP', 'WebSocket'])('G22: over %s, only ten of a document’s errors are reported', async (transport) => {
  const query = `{ ${times(1_900, (i) => `unknown${i}`)} }`
  const socket = await RawSocket.open(patchbay)
  await socket.init(`Bearer ${await patchbay.tokenFor('ben')}`)
  const errors =
    transport === 'HTTP'
      ? ((await patchbay.execute('ben', query)) as { errors: { message: string }[] }).errors
      : ((await socket.execute(query)).payload as { message: string }[])
  socket.terminate()
  expect(errors).toHaveLength(11)
  expect(errors[9]?.message).toBe('The type Query has no field “unknown9”. Look it up in the schema.')
  expect(errors[10]?.message).toBe('There are more errors. These are the first ones.')
})
