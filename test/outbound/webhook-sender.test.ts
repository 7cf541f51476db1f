import { createServer, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createWebhookSender } from '../../src/outbound/webhook-sender.js'
import { floods, redirects, staysSilent } from '../support/hostile-server.js'
import { answersWith, type Receiver, resetsConnection, startReceiver } from '../support/receiver.js'

const MEGABYTE = 1024 * 1024
const open = createWebhookSender({ allowPrivate: true, timeoutMs: 300 })
const strict = createWebhookSender({ allowPrivate: false, timeoutMs: 300 })
let receiver: Receiver

beforeAll(async () => {
  receiver = await startReceiver()
})
afterEach(() => receiver.behave(() => answersWith(204)))
afterAll(async () => {
  await open.close()
  await strict.close()
  await receiver[Symbol.asyncDispose]()
})

const post = (url = receiver.url, sender = open) => sender.send({ url, headers: { 'webhook-id': 'one' }, body: '{}' })

describe('sending a webhook', () => {
  test('returns the receiver’s status and Retry-After', async () => {
    receiver.behave(() => answersWith(503, { 'retry-after': '7' }))
    expect(await post()).toEqual({ status: 503, retryAfterMs: 7_000 })
    receiver.behave(() => answersWith(201))
    expect(await post()).toEqual({ status: 201, retryAfterMs: null })
  })

  test('reuses connections even if responses have bodies', async () => {
    const postAndWait = async () => {
      const closed = new Promise((resolve) => {
        receiver.behave(() => (_request, response) => {
          response.once('close', resolve)
          response.flushHeaders()
          setTimeout(() => response.end('thank you'), 10) // the body follows the headers
        })
      })
      expect(await post()).toMatchObject({ status: 200 })
      await closed
    }
    await postAndWait()
    const before = receiver.connections
    for (let index = 0; index < 10; index++) await postAndWait()
    expect(receiver.connections - before).toBeLessThan(5)
  })

  test('times out if the receiver hangs', async () => {
    receiver.behave(() => staysSilent)
    expect(await post()).toEqual({ fault: 'TIMED_OUT' })
  })

  test('times out if the receiver sends its headers a byte at a time', async () => {
    let dripping: NodeJS.Timeout | undefined
    await using server = await startRawServer((write) => {
      write('HTTP/1.1 200 OK\r\nX-Slow: ')
      dripping = setInterval(() => write('a'), 20)
    })
    expect(await post(server.url)).toEqual({ fault: 'TIMED_OUT' })
    clearInterval(dripping)
  })

  test.each([301, 302, 303, 307, 308])(
    'does not follow a %i redirect, and never calls the address it points to',
    async (status) => {
      await using elsewhere = await startReceiver()
      receiver.behave(() => redirects(status, elsewhere.url))
      expect(await post()).toEqual({ status, retryAfterMs: null })
      expect(elsewhere.connections).toBe(0)
    },
  )

  test('does not read a 100 MB response, and closes the connection', async () => {
    let sent = 0
    const before = process.memoryUsage().arrayBuffers
    let peak = before
    const ended = new Promise<void>((resolve) => {
      receiver.behave(() => (request, response) => {
        response.once('close', resolve)
        floods(100, (bytes) => {
          sent += bytes
          peak = Math.max(peak, process.memoryUsage().arrayBuffers)
        })(request, response)
      })
    })
    expect(await post()).toMatchObject({ status: 200 })
    await ended
    expect(sent).toBeLessThan(20 * MEGABYTE) // what the sockets of both sides hold
    expect(peak - before).toBeLessThan(5 * MEGABYTE)
  })

  test('does not wait for a response that never ends, and closes the connection', async () => {
    const ended = new Promise<void>((resolve) => {
      receiver.behave(() => (_request, response) => {
        response.once('close', resolve)
        response.writeHead(200)
        response.write('and so on')
      })
    })
    expect(await post()).toMatchObject({ status: 200 })
    await ended
  })

  test('returns UNREACHABLE if the receiver resets the connection, is not there or does not speak HTTP', async () => {
    receiver.behave(() => resetsConnection)
    expect(await post()).toEqual({ fault: 'UNREACHABLE' })
    expect(await post('http://localhost:1/hook')).toEqual({ fault: 'UNREACHABLE' })
    await using server = await startRawServer((write) => write('220 mail.example ESMTP\r\n'))
    expect(await post(server.url)).toEqual({ fault: 'UNREACHABLE' })
  })
})

test.each(['localhost', '127.0.0.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0'])(
  'no webhook is sent to %s outside development',
  async (host) => {
    const before = receiver.connections
    const { port } = new URL(receiver.url)
    expect(await strict.refuses(new URL(`http://${host}`).hostname)).toBe(true)
    expect(await post(`http://${host}:${port}/hook`, strict)).toEqual({ fault: 'PRIVATE_ADDRESS' })
    expect(receiver.connections).toBe(before)
    expect(await open.refuses(new URL(`http://${host}`).hostname)).toBe(false)
  },
)

test.each(['8.8.8.8', '[2606:4700::1111]', 'no-such-host.invalid'])(
  'webhooks to %s are allowed outside development',
  async (host) => {
    expect(await strict.refuses(host)).toBe(false)
  },
)

/** A server that sends anything to whoever connects. */
async function startRawServer(speak: (write: (text: string) => void) => void) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    speak((text) => socket.write(text))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    url: `http://localhost:${port}/`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
