import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser } from '../support/browser.js'
import { passDeadline, startAfresh } from '../support/connecting.js'
import { type Patchbay, pluginId, startPatchbay } from '../support/patchbay.js'
import { RawSocket } from '../support/raw.js'
import { type Scrape, scrape, scrapeUntil } from '../support/scrape.js'
import { startSetup } from '../support/setups.js'
import { subscribe } from '../support/subscriber.js'

let patchbay: Patchbay
let before: Scrape

beforeAll(async () => {
  patchbay = await startPatchbay()
})
beforeEach(async () => {
  await startAfresh(patchbay)
  before = await scrape(patchbay)
})
afterAll(() => patchbay.close())

/** How much a sample has grown since the test began. */
async function growth() {
  const now = await scrape(patchbay)
  return (name: string, labels: Record<string, string> = {}) => now.value(name, labels) - before.value(name, labels)
}

const LIVE = 'subscription Watch($id: ID!) { setupProgress(setupId: $id) { revision status } }'

test('requests are counted by route, method and status, and timed unless they are event streams', async () => {
  await patchbay.execute('ada', '{ viewer { id } }')
  await fetch(`${patchbay.url}/graphql`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' })
  await fetch(`${patchbay.url}/nowhere/d8bb4b0f-0e7f-4d4c-9d7c-3a7a4bb7a001?code=abc`)
  await using screen = await subscribe(patchbay, 'ada', 'subscription { connectionStatus { revision } }', {}, 'SSE')
  await screen.next()
  await screen.close()
  const streams = { route: 'graphql', method: 'POST' }
  await scrapeUntil(patchbay, (now) => {
    const name = 'patchbay_http_requests_total'
    return now.value(name, streams) - before.value(name, streams) === 3
  })
  const grown = await growth()
  expect(grown('patchbay_http_requests_total', { route: 'graphql', method: 'POST', status: '200' })).toBe(2)
  expect(grown('patchbay_http_requests_total', { route: 'graphql', method: 'POST', status: '415' })).toBe(1)
  expect(grown('patchbay_http_requests_total', { route: 'other', method: 'GET', status: '404' })).toBe(1)
  expect(grown('patchbay_http_request_duration_seconds_count', { route: 'graphql' })).toBe(2)
})

test('operations are counted by name, type, transport and outcome, and errors by code or type', async () => {
  await patchbay.execute('ada', 'query Me { viewer { id } }')
  await patchbay.execute('ada', '{ viewer { id } }')
  await patchbay.execute('ada', 'query Me { nothing }')
  await patchbay.execute('ada', 'query Me {')
  await patchbay.execute('ada', 'query Me($id: ID!) { node(id: $id) { id } }')
  await patchbay.execute('ada', 'query Me { viewer { id } }', {}, { authorization: 'Bearer no.good.token' })
  await patchbay.execute('ada', 'mutation Start { startSetup(input: { pluginId: "nope" }) { __typename } }')
  await using socket = await subscribe(patchbay, 'ada', 'query Me { viewer { id } }')
  await socket.next()
  await using missing = await subscribe(patchbay, 'ada', LIVE, { id: 'nope' })
  expect((await missing.next()).errors).toBeDefined()

  const grown = await growth()
  const operations = (labels: Record<string, string>) => grown('patchbay_graphql_operations_total', labels)
  expect(operations({ operation: 'Me', type: 'query', transport: 'http', outcome: 'ok' })).toBe(1)
  expect(operations({ operation: 'anonymous', outcome: 'ok' })).toBe(1)
  expect(operations({ operation: 'Me', outcome: 'invalid' })).toBe(2)
  expect(operations({ operation: 'anonymous', type: 'unknown', outcome: 'invalid' })).toBe(1)
  expect(operations({ operation: 'anonymous', type: 'unknown', outcome: 'refused' })).toBe(1) // nobody read its name
  expect(operations({ operation: 'Start', type: 'mutation', outcome: 'refused' })).toBe(1)
  expect(operations({ operation: 'Me', type: 'query', transport: 'websocket', outcome: 'ok' })).toBe(1)
  expect(operations({ type: 'subscription', transport: 'websocket', outcome: 'refused' })).toBe(1)
  expect(grown('patchbay_graphql_refusals_total', { error: 'NotFoundError' })).toBe(1)
  const codes = ['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED', 'BAD_USER_INPUT', 'UNAUTHENTICATED', 'NOT_FOUND']
  for (const code of codes) expect([code, grown('patchbay_graphql_errors_total', { code })]).toEqual([code, 1])
  expect(grown('patchbay_graphql_operation_duration_seconds_count', { type: 'mutation' })).toBe(1)
})

test('a server error is counted as a fault, over HTTP and WebSocket', async () => {
  const broken = patchbay.database.tap(() => {
    throw new Error('out of order')
  })
  try {
    await patchbay.execute('ada', 'query Me { viewer { setups { id } } }')
    await using socket = await subscribe(patchbay, 'ada', 'query Me { viewer { setups { id } } }')
    await socket.next()
  } finally {
    broken[Symbol.dispose]()
  }
  const grown = await growth()
  expect(grown('patchbay_graphql_operations_total', { outcome: 'failed', transport: 'http' })).toBe(1)
  expect(grown('patchbay_graphql_operations_total', { outcome: 'failed', transport: 'websocket' })).toBe(1)
  expect(grown('patchbay_graphql_errors_total', { code: 'INTERNAL_SERVER_ERROR' })).toBe(2)
  expect(grown('patchbay_faults_total')).toBe(2)
})

test('open subscriptions are counted by transport until they close, and each push is measured once', async () => {
  const { id } = await startSetup(patchbay, 'ada', 'meeting-assistant')
  const socket = await subscribe(patchbay, 'ada', LIVE, { id }, 'WebSocket')
  const stream = await subscribe(patchbay, 'ada', LIVE, { id }, 'SSE')
  await Promise.all([socket.next(), stream.next()])
  const open = await scrape(patchbay)
  expect(open.value('patchbay_subscriptions_open', { transport: 'websocket' })).toBe(1)
  expect(open.value('patchbay_subscriptions_open', { transport: 'sse' })).toBe(1)
  expect(open.value('patchbay_screens')).toBe(2)
  expect(open.value('patchbay_push_latency_seconds_count')).toBe(before.value('patchbay_push_latency_seconds_count'))

  await new Browser(patchbay, 'ada').authorize({ connector: 'acme-mail', setupId: id })
  await Promise.all([socket.next(), stream.next()])
  const pushes = (now: Scrape) =>
    now.value('patchbay_push_latency_seconds_count') - before.value('patchbay_push_latency_seconds_count')
  expect(pushes(await scrapeUntil(patchbay, (now) => pushes(now) >= 2))).toBe(2)

  await Promise.all([socket.close(), stream.close()])
  await scrapeUntil(
    patchbay,
    (now) => now.value('patchbay_subscriptions_open') === 0 && now.value('patchbay_screens') === 0,
  )
})

test('a subscription that the server completes no longer counts as open', async () => {
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize({ connector: 'acme-mail' })
  const query = 'subscription ($id: ID!) { authorizationStatus(authorizationId: $id) { status } }'
  await using screen = await subscribe(patchbay, 'ada', query, { id: attempt.id })
  await screen.next()
  await browser.deliver(await browser.consent(attempt.url, { account: 'ada-work', allow: true }))
  await screen.ended
  expect((await scrape(patchbay)).value('patchbay_subscriptions_open')).toBe(0)
})

test('a caller with a bad token is counted, over HTTP and WebSocket', async () => {
  const socket = await RawSocket.open(patchbay)
  socket.send({ type: 'connection_init', payload: { authorization: 'Bearer no.good.token' } })
  expect(await socket.closed).toBe(4403)
  await patchbay.execute('ada', '{ viewer { id } }', {}, { authorization: 'Bearer no.good.token' })
  expect((await growth())('patchbay_graphql_errors_total', { code: 'UNAUTHENTICATED' })).toBe(2)
})

test('each authorization is counted once by connector and outcome, even if no one watches it end', async () => {
  const browser = new Browser(patchbay, 'ada')
  const mail = { connector: 'acme-mail' }
  await browser.authorize(mail) // superseded when the next one succeeds
  await browser.connect(mail)
  await browser.connect(mail, { account: 'ada-work', allow: false })
  const canceled = await browser.authorize({ connector: 'acme-chat' })
  const CANCEL = 'mutation ($id: ID!) { cancelAuthorization(input: { authorizationId: $id }) { __typename } }'
  await patchbay.execute('ada', CANCEL, { id: canceled.id })
  const late = await browser.authorize({ connector: 'acme-calendar' })
  await passDeadline(patchbay, late.id)
  await patchbay.instance.runJobs()

  const grown = await growth()
  const ended = (labels: Record<string, string>) => grown('patchbay_authorizations_ended_total', labels)
  expect(grown('patchbay_authorizations_started_total', mail)).toBe(3)
  expect(ended({ ...mail, outcome: 'SUPERSEDED', failure: 'NONE' })).toBe(1)
  expect(ended({ ...mail, outcome: 'SUCCEEDED', failure: 'NONE' })).toBe(1)
  expect(ended({ ...mail, outcome: 'DENIED', failure: 'DENIED_BY_USER' })).toBe(1)
  expect(ended({ connector: 'acme-chat', outcome: 'CANCELED', failure: 'NONE' })).toBe(1)
  expect(ended({ connector: 'acme-calendar', outcome: 'EXPIRED', failure: 'DEADLINE_PASSED' })).toBe(1)
  expect(ended({})).toBe(5)
  expect(grown('patchbay_oauth_callbacks_total', { ...mail, outcome: 'ended' })).toBe(2)
})

test('metrics include memory and the event loop, and every name has the prefix', async () => {
  const { samples, value } = await scrape(patchbay)
  expect(value('patchbay_process_resident_memory_bytes')).toBeGreaterThan(0)
  expect(value('patchbay_nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0)
  expect(samples.filter(({ name }) => !name.startsWith('patchbay_'))).toEqual([])
})

test('at most 200 operation names are counted, and only those of operations that ran', async () => {
  const crowd = await startPatchbay()
  try {
    const run = (name: string) => crowd.execute('ada', `query ${name} { __typename }`)
    await crowd.execute('ada', 'query Rejected { nothing }')
    for (const name of ['Of_0e7f4d4c9d7c', 'Number12345', 'a'.repeat(65)]) await run(name)
    for (let index = 0; index < 220; index++) await run(`Operation_${index}_of_many`)
    const { samples } = await scrape(crowd)
    const counted = samples.filter(({ name }) => name === 'patchbay_graphql_operations_total')
    const names = new Set(counted.map(({ labels }) => labels.operation))
    expect(names.size).toBe(201)
    expect(names).toContain('Operation_0_of_many')
    for (const name of ['Rejected', 'Of_0e7f4d4c9d7c', 'Number12345']) expect(names).not.toContain(name)
    expect(counted.find(({ labels }) => labels.operation === 'other' && labels.outcome === 'ok')?.value).toBe(23)
  } finally {
    await crowd.close()
  }
})

test('another Patchbay in the same process has its own metrics', async () => {
  const other = await startPatchbay()
  try {
    await other.execute(
      'ben',
      `mutation { startSetup(input: { pluginId: "${pluginId('plain-writer')}" }) { __typename } }`,
    )
    expect((await scrape(other)).value('patchbay_graphql_operations_total')).toBe(1)
    expect((await growth())('patchbay_graphql_operations_total')).toBe(0)
  } finally {
    await other.close()
  }
})
