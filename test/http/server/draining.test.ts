import { once } from 'node:events'
import { createConnection } from 'node:net'
import { test } from 'vitest'
import { VERSION } from '../../../src/app/version.js'
import { CONNECTORS } from '../../support/host-user.js'
import { pluginId, startPatchbay } from '../../support/patchbay.js'
import { RawSocket, send } from '../../support/raw.js'

const SCREENS = 20
const SPREAD_MS = 2_000
const SERVICE_RESTART = 1012
const START = 'mutation ($id: ID!) { startSetup(input: { pluginId: $id }) { ... on PluginSetup { status } } }'
const STARTED = { data: { startSetup: { status: 'READY' } } }

test.concurrent('a stopping instance is not ready, ends its streams one by one, and finishes what it has begun', async ({
  expect,
}) => {
  const patchbay = await startPatchbay({ PATCHBAY_DRAIN_SPREAD: String(SPREAD_MS / 1_000) })
  const authorization = `Bearer ${await patchbay.tokenFor('ada')}`
  const endings: { at: number; code: number | 'SSE' }[] = []
  const ending = (code: number | 'SSE') => void endings.push({ code, at: performance.now() })
  const subscribeOverSse = () =>
    fetch(`${patchbay.url}/graphql`, {
      method: 'POST',
      headers: { authorization, accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ query: CONNECTORS }),
    })
  const screens: Promise<void>[] = []
  for (let screen = 0; screen < SCREENS; screen++) {
    const socket = await RawSocket.open(patchbay)
    await socket.init(authorization)
    await socket.execute(CONNECTORS)
    const stream = (await subscribeOverSse()).body?.getReader()
    await stream?.read()
    screens.push(socket.closed.then(ending))
    screens.push(
      (async () => {
        for (;;) if ((await stream?.read())?.done) return
      })().catch(() => ending('SSE')),
    )
  }

  // Two changes in progress, one over each transport, which finish only after the streams have ended.
  let arrived = 0
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  patchbay.database.tap((sql) => {
    if (!sql.includes('INSERT INTO "User"') || arrived === 2) return undefined
    arrived++
    return held
  })
  const overHttp = patchbay.execute('ben', START, { id: pluginId('plain-writer') })
  const busy = await RawSocket.open(patchbay)
  await busy.init(`Bearer ${await patchbay.tokenFor('cleo')}`)
  const overWebSocket = busy.execute(START, { id: pluginId('plain-writer') })
  await expect.poll(() => arrived).toBeGreaterThan(0)

  const closing = patchbay.instance.close()
  const began = performance.now()
  const readyz = await send(patchbay, '/readyz')
  expect([readyz.status, JSON.parse(readyz.text)]).toEqual([
    503,
    { ready: false, status: 'stopping', version: VERSION },
  ])
  expect((await send(patchbay, '/livez')).status).toBe(200)
  expect(await patchbay.request('ada', '{ __typename }')).toMatchObject({ status: 200 })
  expect((await subscribeOverSse()).status).toBe(503)
  await expect(RawSocket.open(patchbay)).rejects.toThrow('refused with 503')

  await Promise.all(screens)
  expect(performance.now() - began).toBeLessThan(SPREAD_MS + 10_000)
  expect(endings.filter(({ code }) => code === SERVICE_RESTART)).toHaveLength(SCREENS)
  expect(endings.filter(({ code }) => code === 'SSE')).toHaveLength(SCREENS)
  const moments = endings.map(({ at }) => at)
  expect(Math.max(...moments) - Math.min(...moments)).toBeGreaterThan(SPREAD_MS / 4)

  release()
  expect(await overHttp).toEqual(STARTED)
  expect((await overWebSocket).payload).toEqual(STARTED)
  expect(await busy.closed).toBe(SERVICE_RESTART)
  await closing
  await expect(fetch(patchbay.url)).rejects.toThrow()
  await patchbay.close()
})

test.concurrent('a request that becomes a stream while the instance is stopping is ended too', async ({ expect }) => {
  const patchbay = await startPatchbay({ PATCHBAY_DRAIN_SPREAD: '0.2' })
  const body = JSON.stringify({ query: CONNECTORS })
  const { hostname, port, host } = new URL(patchbay.url)
  const head = [
    'POST /graphql HTTP/1.1',
    `host: ${host}`,
    `authorization: Bearer ${await patchbay.tokenFor('ada')}`,
    'accept: text/event-stream',
    'content-type: application/json',
    `content-length: ${body.length}`,
  ]
  const socket = createConnection(Number(port), hostname)
  await once(socket, 'connect')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 5)}`)
  await patchbay.execute('ada', '{ __typename }') // the first half has been read by now
  const closing = patchbay.instance.close()
  const began = performance.now()
  socket.write(body.slice(5))
  await once(socket, 'close')
  await closing
  expect(answer).toContain('text/event-stream')
  expect(performance.now() - began).toBeLessThan(15_000)
  await patchbay.close()
})
