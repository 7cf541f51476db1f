import { createConnection } from 'node:net'
import { auditServer } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Patchbay, pluginId, startPatchbay } from '../../support/patchbay.js'
import { send } from '../../support/raw.js'

const HOSTILE = 'https://hostile.example'

let patchbay: Patchbay
let authorization: string

beforeAll(async () => {
  patchbay = await startPatchbay()
  authorization = `Bearer ${await patchbay.tokenFor('ben')}`
})
afterAll(() => patchbay.close())

const json = () => ({ authorization, 'content-type': 'application/json' })
const TYPENAME = '{"query":"{ __typename }"}'
const START = `mutation { startSetup(input: { pluginId: "${pluginId('plain-writer')}" }) { __typename } }`

test('G1: graphql-http’s audits find no errors and nothing to warn about', async () => {
  const fetchFn = (url: string, init: RequestInit = {}) =>
    fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), authorization } })
  const results = await auditServer({ url: `${patchbay.url}/graphql`, fetchFn })
  const found = results.filter(({ status }) => status !== 'ok')
  expect(found.filter(({ status }) => status !== 'notice').map(({ id, name }) => `${id} ${name}`)).toEqual([])
  expect(found.map(({ id, name }) => `${id} ${name}`)).toEqual([])
})

describe('G3: request bodies', () => {
  test('an array of operations is refused', async () => {
    const { status, text } = await send(patchbay, '/graphql', { headers: json(), body: `[${TYPENAME},${TYPENAME}]` })
    expect(status).toBe(400)
    expect(JSON.parse(text).errors[0].message).toContain('Batching')
  })

  const large = (bytes: number) => {
    const [start, end] = ['{"query":"{ __typename }","variables":{"padding":"', '"}}']
    return start + 'x'.repeat(bytes - start.length - end.length) + end
  }
  const chunks = (body: string) => body.match(/.{1,65536}/gs)?.map((chunk) => Buffer.from(chunk)) ?? []

  test('a body over 1 MB is refused, with Content-Length or chunked', async () => {
    for (const [headers, body] of [
      [{ 'content-length': '1000001' }, large(1_000_001)],
      [{}, chunks(large(1_000_001))],
    ] as const) {
      const { status, text } = await send(patchbay, '/graphql', { headers: { ...json(), ...headers }, body })
      expect(status).toBe(413)
      expect(JSON.parse(text).errors).toHaveLength(1)
    }
  })

  test('a body of 1 MB is read, with Content-Length or chunked', async () => {
    for (const [headers, body] of [
      [{ 'content-length': '1000000' }, large(1_000_000)],
      [{}, chunks(large(1_000_000))],
    ] as const) {
      const answer = await send(patchbay, '/graphql', { headers: { ...json(), ...headers }, body })
      expect(answer).toMatchObject({ status: 200, text: '{"data":{"__typename":"Query"}}' })
    }
  })

  test('an empty body is refused, with Content-Length or chunked', async () => {
    for (const headers of [{ 'content-length': '0' }, { 'transfer-encoding': 'chunked' }]) {
      const { status } = await send(patchbay, '/graphql', { headers: { ...json(), ...headers }, body: [] })
      expect(status).toBe(400)
    }
  })
})

describe('G5: requests that a hostile page could make', () => {
  const form = new URLSearchParams({ query: START }).toString()
  const multipart = [
    '--b',
    'content-disposition: form-data; name="operations"',
    '',
    `${JSON.stringify({ query: START })}`,
  ]
  multipart.push('--b', 'content-disposition: form-data; name="map"', '', '{}', '--b--', '')
  const body = JSON.stringify({ query: START })
  const attempts: [
    string,
    number,
    { method?: string; headers: Record<string, string>; body?: string; query?: string },
  ][] = [
    ['a urlencoded form', 415, { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form }],
    [
      'a multipart form',
      415,
      { headers: { 'content-type': 'multipart/form-data; boundary=b' }, body: multipart.join('\r\n') },
    ],
    ['text/plain', 415, { headers: { 'content-type': 'text/plain' }, body }],
    ['application/graphql', 415, { headers: { 'content-type': 'application/graphql' }, body: START }],
    ['a body without a content type', 415, { headers: {}, body }],
    ['a mutation over GET', 405, { headers: { accept: 'application/json' }, query: form }],
    ['a hostile origin', 403, { headers: { 'content-type': 'application/json', origin: HOSTILE }, body }],
    ['an opaque origin', 403, { headers: { 'content-type': 'application/json', origin: 'null' }, body }],
    [
      'the origin of another port',
      403,
      { headers: { 'content-type': 'application/json', origin: 'http://localhost:1' }, body },
    ],
    [
      'a hostile preflight',
      403,
      { method: 'OPTIONS', headers: { origin: HOSTILE, 'access-control-request-method': 'POST' } },
    ],
    ['PUT', 405, { method: 'PUT', headers: { 'content-type': 'application/json' }, body }],
  ]

  test.each(attempts)('%s is refused with %i and not executed', async (_name, status, { query, headers, ...init }) => {
    const path = query === undefined ? '/graphql' : `/graphql?${query}`
    const answer = await send(patchbay, path, { ...init, headers: { authorization, ...headers } })
    expect(answer.status).toBe(status)
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
    expect(await patchbay.database.db.user.count()).toBe(0)
  })

  test('application/json from Patchbay’s own origin is executed', async () => {
    const answer = await send(patchbay, '/graphql', { headers: { ...json(), origin: patchbay.url }, body })
    expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': patchbay.url } })
    expect(await patchbay.database.db.user.count()).toBe(1)
  })
})

describe('HTTP in front of GraphQL', () => {
  test.each([
    ['no token', {}],
    ['another authentication scheme', { authorization: 'Basic YTpi' }],
    ['a token that is not a JWT', { authorization: 'Bearer abc' }],
    ['a forged JWT', { authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.AAAA' }],
  ])('a request with %s gets 401 and UNAUTHENTICATED', async (_name, headers) => {
    const init = { headers: { 'content-type': 'application/json', ...headers }, body: TYPENAME }
    const { status, text } = await send(patchbay, '/graphql', init)
    expect(status).toBe(401)
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
  })

  test.each(['{', '"query"', 'null', '{"query":7}', '{"query":"{ __typename }","variables":"x"}', '{"query":"{"}'])(
    'the body %s gets a 400',
    async (body) => {
      const headers = { ...json(), accept: 'application/graphql-response+json' }
      const { status, text } = await send(patchbay, '/graphql', { headers, body })
      expect(status).toBe(400)
      expect(JSON.parse(text).errors[0].message).not.toBe('')
    },
  )

  test('a client that disconnects in the middle of its body is not logged as a failure', async () => {
    for (const framing of ['content-length: 1000', 'transfer-encoding: chunked']) {
      const { hostname, port, host } = new URL(patchbay.url)
      const socket = createConnection(Number(port), hostname)
      const head = `POST /graphql HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n${framing}\r\n\r\n`
      await new Promise<void>((resolve) => socket.write(`${head}5\r\n{"que`, () => resolve()))
      socket.destroy()
    }
    await patchbay.execute('ben', '{ viewer { id } }')
    await patchbay.execute('ben', '{ viewer { id } }')
    expect(patchbay.logged.filter((line) => line.includes('request failed'))).toEqual([])
  })

  test('a foreign Host gets a 421, so that no other name leads to the signed-in GraphiQL', async () => {
    for (const path of ['/', '/graphql', '/development/token', '/connect/x']) {
      const answer = await send(patchbay, path, { headers: { host: 'rebound.example', accept: 'text/html' } })
      expect(answer).toMatchObject({ status: 421 })
      expect(answer.text).not.toContain('Bearer')
    }
  })

  test('browsers get GraphiQL, and all other clients get GraphQL', async () => {
    const page = await send(patchbay, '/graphql', { headers: { accept: 'text/html' } })
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': expect.stringContaining('text/html') } })
    const query = await send(patchbay, '/graphql?query=%7B__typename%7D', { headers: { authorization } })
    expect(query).toMatchObject({ status: 200, text: '{"data":{"__typename":"Query"}}' })
    const nothing = await send(patchbay, '/graphql', { headers: { authorization, accept: 'application/json' } })
    expect(JSON.parse(nothing.text)).toMatchObject({ errors: [{ message: expect.stringContaining('no query') }] })
    const posted = await send(patchbay, '/graphql', { headers: { ...json(), accept: 'text/html' }, body: TYPENAME })
    expect(posted.status).toBe(406)
  })

  test('an event stream tells proxies to pass on each event as it is', async () => {
    const left = new AbortController()
    const query = encodeURIComponent('subscription { connectionStatus { revision } }')
    const { headers } = await fetch(`${patchbay.url}/graphql?query=${query}`, {
      headers: { authorization, accept: 'text/event-stream' },
      signal: left.signal,
    })
    left.abort()
    expect(headers.get('content-type')).toBe('text/event-stream')
    expect(headers.get('x-accel-buffering')).toBe('no')
    expect(headers.get('cache-control')).toBe('no-cache, no-transform')
  })

  test('a browser that uses another name of this machine is redirected to the public URL', async () => {
    const host = new URL(patchbay.url).host.replace('localhost', '127.0.0.1')
    const elsewhere = await send(patchbay, '/graphql?as=ben', { headers: { host, accept: 'text/html' } })
    expect(elsewhere).toMatchObject({ status: 307, headers: { location: `${patchbay.url}/graphql?as=ben` } })
  })
})
