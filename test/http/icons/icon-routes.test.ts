import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { configureConnector } from '../../support/connecting.js'
import { answers, type HostileServer, redirects, startHostileServer } from '../../support/hostile-server.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { send } from '../../support/raw.js'

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script>alert(1)</script></svg>'
const ENDPOINTS = { authorizationUrl: 'http://localhost:9/authorize', tokenUrl: 'http://localhost:9/token' }

let patchbay: Patchbay
let server: HostileServer
beforeAll(async () => {
  server = await startHostileServer()
  patchbay = await startPatchbay()
})
beforeEach(() => {
  server.requests.length = 0
})
afterAll(async () => {
  await patchbay?.close()
  await server?.[Symbol.asyncDispose]()
})

/** Publishes a connector whose icon is at this path, and returns where Patchbay serves it. */
async function publish(slug: string, path = `/${slug}.svg`): Promise<string> {
  await configureConnector(patchbay, slug, ENDPOINTS, { iconUrl: `${server.url}${path}` })
  return `/icons/connectors/${slug}`
}

test('an icon comes from Patchbay’s own origin, and neither runs nor passes for anything else', async () => {
  server.on('/drawn.svg', answers(SVG, { type: 'text/html' }))
  const path = await publish('drawn')
  const credentials = { cookie: 'session=secret', authorization: 'Bearer secret', referer: 'https://host.example' }
  const icon = await send(patchbay, path, { headers: credentials })
  expect(icon).toMatchObject({
    status: 200,
    text: SVG,
    headers: {
      'content-type': 'image/svg+xml',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'public, max-age=3600',
      'cross-origin-resource-policy': 'cross-origin',
    },
  })
  expect(JSON.stringify(server.requests[0]?.headers)).not.toMatch(/secret|host\.example/)
  const again = await send(patchbay, path, { headers: { 'if-none-match': String(icon.headers.etag) } })
  expect(again).toMatchObject({ status: 304, text: '' })
  expect(server.requests).toHaveLength(1)
  expect(await send(patchbay, path, { method: 'POST' })).toMatchObject({ status: 405 })
})

test('what was only just published is found', async () => {
  expect(await send(patchbay, '/icons/connectors/later')).toMatchObject({ status: 404 })
  server.on('/later.svg', answers(SVG))
  await publish('later')
  await expect.poll(async () => (await send(patchbay, '/icons/connectors/later')).status).toBe(200)
})

test('redirects are followed a few times, and a host that fails is asked once', async () => {
  server.on('/moved.svg', redirects(301, `${server.url}/moved-again.svg`))
  server.on('/moved-again.svg', redirects(302, '/there.svg'))
  server.on('/there.svg', answers(SVG))
  const moved = await publish('moved')
  server.on('/loop.svg', redirects(302, '/loop.svg'))
  const loop = await publish('loop')
  await expect.poll(async () => (await send(patchbay, moved)).status).toBe(200)
  for (let times = 0; times < 3; times++)
    expect(await send(patchbay, loop)).toMatchObject({
      status: 404,
      headers: { 'cache-control': 'public, max-age=60' },
    })
  expect(server.requests.map(({ path }) => path)).toEqual(
    ['/moved', '/moved-again', '/there', '/loop', '/loop', '/loop', '/loop'].map((path) => `${path}.svg`),
  )
  const lines = patchbay.logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg.startsWith('an icon'))
  expect(lines).toEqual([
    expect.objectContaining({ host: new URL(server.url).host, reason: 'REDIRECTED', failures: 1 }),
  ])
})

test.each([
  ['a page', answers('<html><script>alert(1)</script></html>', { type: 'image/svg+xml' })],
  ['more than 256 KB', answers(`${SVG}${' '.repeat(256 * 1024)}`)],
  ['an error', answers(SVG, { status: 500 })],
])('%s isn’t passed on', async (what, answer) => {
  const slug = what.replaceAll(/[^a-z]/g, '')
  server.on(`/${slug}.svg`, answer)
  const path = await publish(slug)
  const asked = async () => {
    expect(await send(patchbay, path)).toMatchObject({ status: 404, text: '' })
    return server.requests.length
  }
  await expect.poll(asked).toBe(1)
  expect(await asked()).toBe(1)
})

test('only what operators published is fetched', async () => {
  const url = encodeURIComponent(`${server.url}/any.svg`)
  for (const path of [
    'connectors/unknown',
    `connectors/${url}`,
    'plugins/meeting-assistant',
    'connectors/acme-mail',
    url,
  ])
    expect(await send(patchbay, `/icons/${path}?url=${url}`)).toMatchObject({ status: 404 })
  expect(server.requests).toEqual([])
})
