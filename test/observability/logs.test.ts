import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from '../support/browser.js'
import { rowId, startAfresh } from '../support/connecting.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { scrapeUntil } from '../support/scrape.js'
import { startSetup } from '../support/setups.js'
import { subscribe, TRANSPORTS } from '../support/subscriber.js'

interface Line {
  level: number
  msg: string
  requestId?: string
  authorizationId?: string
  [field: string]: unknown
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay({ PATCHBAY_LOG_LEVEL: 'debug' })
})
afterAll(() => patchbay.close())

function lines(fits: (line: Line) => boolean): Line[] {
  return patchbay.logged.map((line): Line => JSON.parse(line)).filter(fits)
}

/** Waits for the one log line about the end of a request, which is written after the response. */
async function finished(requestId: string): Promise<Line> {
  const of = (line: Line) => line.msg === 'request finished' && line.requestId === requestId
  await scrapeUntil(patchbay, () => lines(of).length > 0)
  const found = lines(of)
  expect(found).toHaveLength(1)
  return found[0] as Line
}

test('a request keeps its caller’s id, in the response and in the log line', async () => {
  const query = '{ viewer { id } }'
  const response = await patchbay.request('ada', query, {}, { 'x-request-id': 'from-the.proxy_1' })
  expect(response.headers.get('x-request-id')).toBe('from-the.proxy_1')
  const line = await finished('from-the.proxy_1')
  expect(line).toMatchObject({ level: 20, method: 'POST', route: 'graphql', status: 200 })
  expect(line.durationMs).toBeGreaterThan(0)
})

test.each(['', 'a'.repeat(65), 'a b', 'a,b', '"quoted"', '<script>'])(
  'an id such as %j is replaced by a new one',
  async (id) => {
    const response = await patchbay.request('ada', '{ viewer { id } }', {}, { 'x-request-id': id })
    expect(response.headers.get('x-request-id')).toMatch(UUID)
  },
)

test('pages of other origins may read the request id', async () => {
  const response = await patchbay.request('ada', '{ viewer { id } }', {}, { origin: patchbay.url })
  expect(response.headers.get('access-control-expose-headers')).toContain('x-request-id')
})

test('a request is logged with its route, but without its path and query', async () => {
  const response = await fetch(`${patchbay.url}/oauth/callback/acme-mail?code=secret-code&state=secret-state`)
  const line = await finished(response.headers.get('x-request-id') ?? '')
  expect(line).toMatchObject({ route: 'callback', method: 'GET' })
  expect(JSON.stringify(lines(() => true))).not.toMatch(/secret-code|secret-state|\/oauth\/callback/)
})

test('a masked error quotes the id of its request, in GraphQL and on pages', async () => {
  using _broken = patchbay.database.tap(() => {
    throw new Error('out of order')
  })
  const response = await patchbay.request('ada', '{ viewer { setups { id } } }', {}, { 'x-request-id': 'broken-1' })
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { requestId: 'broken-1' } }] })
  expect(lines(({ msg, requestId }) => msg === 'request failed' && requestId === 'broken-1')).toHaveLength(1)
  const page = await fetch(`${patchbay.url}/connect/7f8a5d1e-58a8-4c0b-9d6e-0f5c8b7d2a11`, {
    headers: { 'x-request-id': 'broken-2' },
  })
  expect(page.status).toBe(500)
  expect(await page.text()).toContain('broken-2')
  expect(await finished('broken-2')).toMatchObject({ level: 30, route: 'connect', status: 500 })
})

test.each(TRANSPORTS)('failed reads of one subscription are logged under one id, over %s', async (transport) => {
  await startAfresh(patchbay)
  const { id } = await startSetup(patchbay, 'ada', 'meeting-assistant')
  const LIVE = 'subscription ($id: ID!) { setupProgress(setupId: $id) { revision } }'
  await using screen = await subscribe(patchbay, 'ada', LIVE, { id }, transport)
  await screen.next()
  const failed = ({ msg }: Line) => msg.startsWith('reading a subscriber’s state failed')
  const before = lines(failed).length
  let failures = 2
  using _tap = patchbay.database.tap((sql) => {
    if (sql.includes('"catalogueRevision"') && failures-- > 0) throw new Error('a moment of weakness')
  })
  await patchbay.database.db.$executeRaw`UPDATE "User" SET revision = revision + 1`
  await screen.next()
  const ids = lines(failed)
    .slice(before)
    .map(({ requestId }) => requestId)
  expect(ids).toHaveLength(2)
  expect(ids[0]).toMatch(UUID)
  expect(ids[1]).toBe(ids[0])
})

test('every log line about an authorization has its id and the id of the request that caused it', async () => {
  await startAfresh(patchbay)
  const browser = new Browser(patchbay, 'ada')
  const { id } = await browser.connect({ connector: 'acme-mail' })
  const authorizationId = rowId(id)
  const about = lines((line) => line.authorizationId === authorizationId)
  expect(about.map(({ msg }) => msg)).toEqual(
    expect.arrayContaining(['authorization started', 'authorization ended', 'callback received']),
  )
  for (const line of about) expect(line.requestId).toMatch(UUID)
  expect(about.find(({ msg }) => msg === 'authorization ended')).toMatchObject({
    connector: 'acme-mail',
    outcome: 'SUCCEEDED',
    failure: 'NONE',
  })
  await scrapeUntil(patchbay, () => {
    const routes = lines((line) => line.msg === 'request finished' && line.authorizationId === authorizationId)
    return ['graphql', 'connect', 'callback'].every((route) => routes.some((line) => line.route === route))
  })
})
