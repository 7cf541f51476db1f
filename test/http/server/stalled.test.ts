import { channel } from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createStallWatch } from '../../../src/http/server/stalled-sockets.js'
import { type Patchbay, pluginId, startPatchbay } from '../../support/patchbay.js'
import { RawSocket } from '../../support/raw.js'
import { subscribe, TRANSPORTS, type TransportName } from '../../support/subscriber.js'

const MEGABYTE = 1_000_000

/** What the watch reads of a socket, and whether it was destroyed. */
class FakeSocket extends EventEmitter {
  writableLength = 0
  bytesWritten = 0
  bytesRead = 1
  destroyed = false
  send(bytes: number) {
    this.bytesWritten += bytes
    this.writableLength += bytes
  }
  drain(bytes = this.writableLength) {
    this.writableLength -= bytes
  }
  destroy() {
    this.destroyed = true
    this.emit('close')
  }
}

describe('the stall watch', () => {
  const onStalled = vi.fn()
  let watch: ReturnType<typeof createStallWatch>

  beforeEach(() => {
    vi.useFakeTimers()
    onStalled.mockClear()
    watch = createStallWatch(onStalled)
  })
  afterEach(() => {
    watch.close()
    vi.useRealTimers()
  })

  function watched(): FakeSocket {
    const socket = new FakeSocket()
    watch.add(socket as unknown as Socket)
    socket.on('close', () => watch.forget(socket as unknown as Socket))
    return socket
  }

  test('closes a reader that has taken nothing for 15 seconds, and not sooner', () => {
    const socket = watched()
    vi.advanceTimersByTime(60_000)
    socket.send(100)
    vi.advanceTimersByTime(15_000)
    expect(socket.destroyed).toBe(false)
    vi.advanceTimersByTime(5_000)
    expect(socket.destroyed).toBe(true)
    expect(onStalled.mock.calls).toEqual([['no-progress']])
  })

  test('leaves alone a slow reader that keeps reading, and one with nothing to read', () => {
    const [slow, idle] = [watched(), watched()]
    slow.send(500_000)
    for (let second = 0; second < 300; second += 10) {
      slow.drain(1_000)
      vi.advanceTimersByTime(10_000)
    }
    expect([slow.destroyed, idle.destroyed]).toEqual([false, false])
    slow.drain()
    vi.advanceTimersByTime(60_000)
    slow.send(100)
    vi.advanceTimersByTime(10_000)
    expect(slow.destroyed).toBe(false)
  })

  test('closes a reader that takes nothing of more than 1 MB, but not one that keeps reading', () => {
    const [full, over, slow] = [watched(), watched(), watched()]
    full.send(MEGABYTE)
    over.send(MEGABYTE + 1)
    slow.send(9 * MEGABYTE)
    for (let check = 0; check < 3; check++) {
      slow.drain(1)
      vi.advanceTimersByTime(2_500)
    }
    expect([full.destroyed, over.destroyed, slow.destroyed]).toEqual([false, true, false])
    expect(onStalled.mock.calls).toEqual([['buffer']])
  })

  test('closes a reader with more than 16 MB to read, even if it keeps reading', () => {
    const reader = watched()
    reader.send(16 * MEGABYTE + 2)
    reader.drain(1)
    vi.advanceTimersByTime(2_500)
    expect(reader.destroyed).toBe(true)
    expect(onStalled.mock.calls).toEqual([['buffer']])
  })

  test('G25: closes those with the most to read while all together have more than 128 MB, and nobody else', () => {
    const large = Array.from({ length: 20 }, watched)
    const small = Array.from({ length: 100 }, watched)
    for (const [sockets, size] of [[large, 9 * MEGABYTE] as const, [small, MEGABYTE / 10] as const]) {
      for (const socket of sockets) {
        socket.send(size)
        socket.drain(10) // all of them read, slowly
      }
    }
    vi.advanceTimersByTime(2_500)
    const unread = [...large, ...small].reduce((sum, each) => sum + (each.destroyed ? 0 : each.writableLength), 0)
    expect(unread).toBeLessThanOrEqual(128 * MEGABYTE)
    expect(large.filter(({ destroyed }) => destroyed)).toHaveLength(7)
    expect(small.filter(({ destroyed }) => destroyed)).toEqual([])
    expect(onStalled).toHaveBeenCalledTimes(7)
  })

  test('G20: closes a connection on which nothing was sent, within ten seconds', () => {
    const [silent, late] = [watched(), watched()]
    silent.bytesRead = 0
    late.bytesRead = 0
    vi.advanceTimersByTime(5_000)
    expect(silent.destroyed).toBe(false)
    late.bytesRead = 1
    vi.advanceTimersByTime(5_000)
    expect([silent.destroyed, late.destroyed]).toEqual([true, false])
    expect(onStalled.mock.calls).toEqual([['silent']])
  })

  test('forgets sockets that have closed, and everything when it is closed itself', () => {
    const socket = watched()
    socket.send(MEGABYTE + 1)
    socket.emit('close')
    vi.advanceTimersByTime(60_000)
    expect(onStalled).not.toHaveBeenCalled()
    watch.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('under a storm of large changes', () => {
  const CHANGES = 60
  const SCREEN = 'subscription ($id: ID!) { setupProgress(setupId: $id) { revision skills { instructions } } }'
  let patchbay: Patchbay
  let setupId: string

  beforeAll(async () => {
    patchbay = await startPatchbay()
    const skill = (index: number) => ({
      slug: `skill-${index}`,
      name: 'n',
      summary: 's',
      instructions: 'x'.repeat(90_000),
    })
    const manifest = { slug: 'large', name: 'Large', summary: 's', version: '1.0.0', skills: [1, 2, 3, 4].map(skill) }
    await patchbay.execute(
      'ada',
      'mutation ($manifest: JSON!) { publishPlugin(input: { manifest: $manifest }) { __typename } }',
      { manifest },
    )
    const { data } = await patchbay.execute<{ startSetup: { id: string } }>(
      'ben',
      'mutation ($id: ID!) { startSetup(input: { pluginId: $id }) { ... on PluginSetup { id } } }',
      { id: pluginId('large') },
    )
    setupId = data.startSetup.id
  })
  afterAll(() => patchbay.close())

  /** Raises the user's revision and sends a notification, by starting and canceling an authorization. */
  async function change(): Promise<void> {
    const variables = { id: pluginId('plain-writer') }
    const { data } = await patchbay.execute<{ startSetup: { id: string } }>(
      'ben',
      'mutation ($id: ID!) { startSetup(input: { pluginId: $id }) { ... on PluginSetup { id } } }',
      variables,
    )
    await patchbay.execute('ben', 'mutation ($id: ID!) { removeSetup(input: { setupId: $id }) { __typename } }', {
      id: data.startSetup.id,
    })
  }

  /** The server's end of the next connection. */
  function nextServerSocket(): Promise<Socket> {
    return new Promise((resolve) => {
      const connections = channel('net.server.socket')
      const onConnection = (message: unknown) => {
        connections.unsubscribe(onConnection)
        resolve((message as { socket: Socket }).socket)
      }
      connections.subscribe(onConnection)
    })
  }

  /** Subscribes and reads nothing. Returns both ends of the connection. */
  async function stalledReader(transport: TransportName): Promise<{ serverSide: Socket; leave: () => void }> {
    const authorization = `Bearer ${await patchbay.tokenFor('ben')}`
    const payload = { query: SCREEN, variables: { id: setupId } }
    const serverSide = nextServerSocket()
    if (transport === 'WebSocket') {
      const reader = await RawSocket.open(patchbay)
      await reader.init(authorization)
      reader.pause()
      reader.send({ id: '1', type: 'subscribe', payload })
      return { serverSide: await serverSide, leave: () => reader.terminate() }
    }
    const { hostname, port, host } = new URL(patchbay.url)
    const body = JSON.stringify(payload)
    const headers = { host, authorization, accept: 'text/event-stream', 'content-type': 'application/json' }
    const lines = Object.entries({ ...headers, 'content-length': body.length }).map(
      ([name, value]) => `${name}: ${value}`,
    )
    const reader = createConnection(Number(port), hostname)
    reader.write(`POST /graphql HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
    reader.pause()
    return { serverSide: await serverSide, leave: () => reader.destroy() }
  }

  test.each(TRANSPORTS)(
    'G11: a stalled reader over %s costs one message, however many changes there are',
    async (transport) => {
      const { serverSide: socket, leave } = await stalledReader(transport)
      await expect.poll(() => patchbay.instance.subscribers).toBe(1)

      await using healthy = await subscribe<{ setupProgress: { revision: number } }>(
        patchbay,
        'ben',
        'subscription ($id: ID!) { setupProgress(setupId: $id) { revision } }',
        { id: setupId },
      )
      const { revision } = (await healthy.next()).data.setupProgress
      let most = 0
      for (let count = 0; count < CHANGES; count += 2) {
        await change()
        most = Math.max(most, socket.writableLength)
      }
      expect(most).toBeGreaterThan(0) // it has stalled
      expect(most).toBeLessThan(MEGABYTE)
      await healthy.until(({ setupProgress }) => setupProgress.revision === revision + CHANGES)
      leave()
      await expect.poll(() => patchbay.instance.subscribers).toBe(1)
    },
  )

  test('G11: a WebSocket client that keeps asking without reading is closed at 1 MB, without affecting others', async () => {
    const healthy = await Promise.all(
      TRANSPORTS.map((transport) => subscribe(patchbay, 'ben', SCREEN, { id: setupId }, transport)),
    )
    for (const screen of healthy) expect((await screen.next()).errors).toBeUndefined()
    const screens = patchbay.instance.subscribers

    const stalled = await RawSocket.open(patchbay)
    await stalled.init(`Bearer ${await patchbay.tokenFor('ben')}`)
    stalled.pause()
    for (let id = 0; id < 60; id++) {
      stalled.send({ id: `${id}`, type: 'subscribe', payload: { query: SCREEN, variables: { id: setupId } } })
    }
    await expect
      .poll(() => patchbay.logged.filter((line) => line.includes('closed a stalled subscriber')))
      .toEqual([expect.stringContaining('"reason":"buffer"')])
    await expect.poll(() => patchbay.instance.subscribers).toBe(screens)

    await change()
    for (const screen of healthy) {
      expect((await screen.next()).errors).toBeUndefined()
      await screen.close()
    }
    stalled.terminate()
  })
})
