import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createGuardedFetch, GuardedFetchError } from '../../src/outbound/guarded-fetch.js'
import { privateNetworksOf } from '../../src/outbound/private-networks.js'
import { createWebhookSender } from '../../src/outbound/webhook-sender.js'
import { answers, type HostileServer, startHostileServer } from '../support/hostile-server.js'
import { privateNetwork } from '../support/private-network.js'

const network = privateNetwork()
let server: HostileServer
let port: string

beforeAll(async () => {
  server = await startHostileServer()
  server.on('/token', answers({}))
  port = new URL(server.url).port
})
beforeEach(() => {
  network.names.clear()
  network.reached.length = 0
  server.requests.length = 0
})
afterAll(() => server[Symbol.asyncDispose]())

/** What a request to a host comes to, if these private networks are allowed. */
async function requestTo(host: string, ...entries: string[]): Promise<string | number> {
  const reach = { allowPrivate: false, privateNetworks: privateNetworksOf(entries), ...network }
  const { fetch, close } = createGuardedFetch(reach)
  try {
    return (await fetch(`http://${host}:${port}/token`)).status
  } catch (error) {
    if (error instanceof GuardedFetchError) return error.reason
    throw error
  } finally {
    await close()
  }
}

test('O24: a private address is reached only if its network is allowed, as a number and by a name', async () => {
  network.names.set('gitlab.corp.example', ['10.1.2.3'])
  for (const host of ['10.1.2.3', 'gitlab.corp.example']) {
    expect(await requestTo(host)).toBe('PRIVATE_ADDRESS')
    expect(await requestTo(host, '192.168.0.0/16')).toBe('PRIVATE_ADDRESS')
    expect(server.requests).toEqual([])
    expect(await requestTo(host, '192.168.0.0/16', '10.0.0.0/8')).toBe(200)
    expect(server.requests.splice(0)).toHaveLength(1)
  }
  expect(network.reached).toEqual(['10.1.2.3', '10.1.2.3'])
})

test('O24: a name that is allowed reaches private addresses, and another name doesn’t', async () => {
  network.names.set('gitlab.corp.example', ['10.1.2.3'])
  network.names.set('evil.example', ['10.1.2.3'])
  expect(await requestTo('gitlab.corp.example', 'gitlab.corp.example')).toBe(200)
  expect(await requestTo('evil.example', 'gitlab.corp.example')).toBe('PRIVATE_ADDRESS')
  expect(await requestTo('10.1.2.3', 'gitlab.corp.example')).toBe('PRIVATE_ADDRESS')
})

test.each(['127.0.0.1', '169.254.169.254', '100.100.100.200', 'fd00:ec2::254', '::ffff:169.254.169.254', '0.0.0.0'])(
  'O24: a name that is allowed and leads to %s is refused, also if it leads to a private address too',
  async (address) => {
    for (const addresses of [[address], ['10.1.2.3', address], [address, '10.1.2.3']]) {
      network.names.set('gitlab.corp.example', addresses)
      const entries = ['gitlab.corp.example', '0.0.0.0/0', '::/0']
      expect(await requestTo('gitlab.corp.example', ...entries)).toBe('PRIVATE_ADDRESS')
    }
    expect(network.reached).toEqual([])
  },
)

test('O24: a name is judged by the addresses of each connection', async () => {
  network.names.set('rebinding.example', ['8.8.8.8'])
  const { fetch, close } = createGuardedFetch({ allowPrivate: false, ...network })
  server.on('/once', (_request, response) => response.writeHead(200, { connection: 'close' }).end('{}'))
  expect((await fetch(`http://rebinding.example:${port}/once`)).status).toBe(200)
  network.names.set('rebinding.example', ['10.1.2.3'])
  await expect(fetch(`http://rebinding.example:${port}/once`)).rejects.toMatchObject({ reason: 'PRIVATE_ADDRESS' })
  await close()
})

test('O24: NAT64 leads to where its IPv4 address leads', async () => {
  network.names.set('public.example', ['64:ff9b::a29f:8ae8'])
  network.names.set('private.example', ['64:ff9b::a00:1'])
  expect(await requestTo('public.example')).toBe(200)
  expect(await requestTo('private.example')).toBe('PRIVATE_ADDRESS')
  expect(await requestTo('private.example', '10.0.0.0/8')).toBe(200)
})

test('webhooks reach private networks that are allowed, and are refused elsewhere', async () => {
  network.names.set('hooks.corp.example', ['10.1.2.3'])
  const privateNetworks = privateNetworksOf(['.corp.example'])
  const sender = createWebhookSender({ allowPrivate: false, privateNetworks, ...network })
  const post = (host: string) => sender.send({ url: `http://${host}:${port}/token`, headers: {}, body: '{}' })
  expect(await sender.refuses('hooks.corp.example')).toBe(false)
  expect(await post('hooks.corp.example')).toMatchObject({ status: 200 })
  expect(await sender.refuses('10.1.2.3')).toBe(true)
  expect(await post('10.1.2.3')).toEqual({ fault: 'PRIVATE_ADDRESS' })
  network.names.set('hooks.corp.example', ['169.254.169.254'])
  expect(await sender.refuses('hooks.corp.example')).toBe(true)
  await sender.close()
})
