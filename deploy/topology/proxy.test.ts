import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../../test/support/free-port.js'
import type { RunningProcess } from '../../test/support/running-process.js'
import { startNginx } from './nginx.js'

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void

const MORE_THAN_SOCKETS_HOLD = 64_000_000

interface Instance {
  server: Server
  port: number
  behaviour: Behaviour
  received: IncomingMessage[]
}

const answers: Behaviour = (_request, response) => void response.end('here')
const isNotReady: Behaviour = (_request, response) => void response.writeHead(503).end('stopping')
const isOfAnotherVersion: Behaviour = (_request, response) => void response.writeHead(404).end('no such file')
const breaksOff: Behaviour = (request) => request.resume().once('end', () => request.socket.destroy())

let one: Instance
let two: Instance
let nginx: RunningProcess
let url: string

async function startInstance(): Promise<Instance> {
  const server = createServer((request, response) => {
    instance.received.push(request)
    instance.behaviour(request, response)
  })
  const instance: Instance = { server, port: 0, behaviour: answers, received: [] }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  instance.port = (server.address() as AddressInfo).port
  return instance
}

beforeAll(async () => {
  one = await startInstance()
  two = await startInstance()
  const port = await freePort()
  nginx = await startNginx(port, [one.port, two.port])
  url = `http://localhost:${port}`
})
afterAll(async () => {
  await nginx?.stop()
  one?.server.close()
  two?.server.close()
})
beforeEach(() => {
  for (const instance of [one, two]) Object.assign(instance, { behaviour: answers, received: [] })
})

const post = (path = '/graphql') => fetch(`${url}${path}`, { method: 'POST', body: '{}' })
const received = () => one.received.length + two.received.length
/** Once for each instance, whichever comes first. */
const twice = async (ask: () => Promise<Response>) => [(await ask()).status, (await ask()).status].sort()

describe('nginx in front of two instances', () => {
  test('alternates between them', async () => {
    await twice(post)
    expect([one.received.length, two.received.length]).toEqual([1, 1])
  })

  test('never resends a POST that an instance has received', async () => {
    one.behaviour = breaksOff
    expect(await twice(post)).toEqual([200, 502])
    expect(received()).toBe(2)
  })

  test('tries the other instance for a page if one is starting or stopping', async () => {
    one.behaviour = isNotReady
    expect(await twice(() => fetch(url))).toEqual([200, 200])
  })

  test('asks the other instance for a file of the wizard that one does not have, and for nothing else', async () => {
    one.behaviour = isOfAnotherVersion
    expect(await twice(() => fetch(`${url}/assets/index-C0ffee42.js`))).toEqual([200, 200])
    expect(await twice(() => fetch(`${url}/plugins/of-the-other-version`))).toEqual([200, 404])
    two.behaviour = isOfAnotherVersion
    expect(await twice(() => fetch(`${url}/assets/index-C0ffee42.js`))).toEqual([404, 404])
  })

  test('excludes no instance because a caller made it answer 503', async () => {
    one.behaviour = isNotReady
    two.behaviour = isNotReady
    expect(await twice(() => fetch(url))).toEqual([503, 503])
    one.behaviour = answers
    two.behaviour = answers
    expect(await twice(post)).toEqual([200, 200])
  })

  test('passes on the Host header and upgraded connections', async () => {
    await post()
    expect([...one.received, ...two.received][0]?.headers).toMatchObject({ host: new URL(url).host })
    expect([...one.received, ...two.received][0]?.headers).not.toHaveProperty('upgrade')

    const upgrading = [one, two].map(async ({ server }) => {
      const [, socket] = await once(server, 'upgrade')
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello')
    })
    const client = request(`${url}/graphql`, { headers: { connection: 'Upgrade', upgrade: 'websocket' } }).end()
    const [response, socket, head] = await once(client, 'upgrade')
    await Promise.race(upgrading)
    expect(response.statusCode).toBe(101)
    const [greeting] = head.length > 0 ? [head] : await once(socket, 'data')
    expect(String(greeting)).toBe('hello')
    socket.destroy()
  })

  test('passes on the caller’s request id, or creates one', async () => {
    await fetch(url, { headers: { 'x-request-id': 'of-the-caller' } })
    await fetch(url)
    const ids = [...one.received, ...two.received].map(({ headers }) => headers['x-request-id']).sort()
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), 'of-the-caller'])
  })

  test('names the caller’s address last, whatever the caller says', async () => {
    await fetch(url)
    await fetch(url, { headers: { 'x-forwarded-for': '198.51.100.1' } })
    const named = [...one.received, ...two.received].map(({ headers }) => headers['x-forwarded-for']).sort()
    expect(named).toEqual(['127.0.0.1', '198.51.100.1, 127.0.0.1'])
  })

  test('sends each event right away, without waiting for the next one', async () => {
    const streams: ServerResponse[] = []
    const opens: Behaviour = (_request, response) => {
      streams.push(response.writeHead(200, { 'content-type': 'text/event-stream' }))
      response.write('data: 1\n\n')
    }
    one.behaviour = opens
    two.behaviour = opens
    const stream = await fetch(`${url}/graphql`)
    const reader = stream.body?.getReader()
    const next = async () => Buffer.from((await reader?.read())?.value ?? []).toString()
    expect(await next()).toBe('data: 1\n\n')
    streams[0]?.write('data: 2\n\n')
    expect(await next()).toBe('data: 2\n\n')
    await reader?.cancel()
  })

  test('lets an instance notice a stalled reader, instead of buffering for it', async () => {
    let taken = false
    const sendsMuch: Behaviour = (_request, response) => {
      response.end(Buffer.alloc(MORE_THAN_SOCKETS_HOLD)).once('finish', () => {
        taken = true
      })
    }
    one.behaviour = sendsMuch
    two.behaviour = sendsMuch
    const stalled = request(`${url}/graphql`).end()
    const [response] = await once(stalled, 'response')
    response.pause()
    one.behaviour = answers
    two.behaviour = answers
    // In the time these take, nginx could have taken everything.
    for (let count = 0; count < 200; count++) await post()
    expect(taken).toBe(false)
    stalled.destroy()
  })

  test('does not expose the metrics', async () => {
    expect((await fetch(`${url}/metrics`)).status).toBe(404)
    expect(received()).toBe(0)
  })

  // Last, because it stops one instance.
  test('sends a POST to the other instance if one cannot be reached', async () => {
    one.server.closeAllConnections()
    await new Promise((resolve) => one.server.close(resolve))
    expect(await twice(post)).toEqual([200, 200])
    expect(two.received).toHaveLength(2)
  })
})
