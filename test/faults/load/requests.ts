import { createConnection } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { Pool } from 'undici'
import WebSocket from 'ws'
import { type Operation, type Results, timesOf, UNIQUE } from './tasks.js'

/** More than this would wait for each other here and not at the server. */
const MOST_CONNECTIONS = 64

export async function ask(
  url: string,
  operations: readonly Operation[],
  perSecond: number,
  seconds: number,
): Promise<Results['ask']> {
  const pool = new Pool(url, { connections: MOST_CONNECTIONS, pipelining: 1 })
  const times: number[] = []
  let failed = 0
  const sent: Promise<void>[] = []
  const startedAt = performance.now()
  for (let index = 0; index < perSecond * seconds; index++) {
    const dueAt = startedAt + (index * 1_000) / perSecond
    const early = dueAt - performance.now()
    if (early > 1) await after(early)
    // From when it was due, so that a pause of this process or of the server counts for all that it delays.
    const one = request(pool, operations[index % operations.length] as Operation).then((status) => {
      if (status === 200) times.push(performance.now() - dueAt)
      else failed++
    })
    sent.push(one)
  }
  await Promise.all(sent)
  await pool.close()
  return { ...timesOf(times), failed }
}

export async function flood(
  url: string,
  operations: readonly Operation[],
  seconds: number,
  connections: number,
  sockets: number,
  perSocket: number,
): Promise<Results['flood']> {
  const outcomes: Results['flood'] = {}
  const count = (outcome: string | number) => {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  }
  const endsAt = performance.now() + seconds * 1_000
  const pool = new Pool(url, { connections: Math.max(1, connections), pipelining: 1 })
  let next = 0
  const worker = async () => {
    while (performance.now() < endsAt) {
      count(await request(pool, uniquely(operations[next++ % operations.length] as Operation)).catch(() => 'refused'))
    }
  }
  await Promise.all([
    ...Array.from({ length: connections }, worker),
    ...Array.from({ length: sockets }, () => floodSocket(url, operations, endsAt, perSocket, count)),
  ])
  await pool.close()
  return outcomes
}

let used = 0

function uniquely(operation: Operation): Operation {
  return { ...operation, query: operation.query.replace(UNIQUE, () => String(used++)) }
}

function request(pool: Pool, { token, query, variables }: Operation): Promise<number> {
  return new Promise((resolve, reject) => {
    let status = 0
    pool.dispatch(
      {
        path: '/graphql',
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode
        },
        onResponseData() {},
        onResponseEnd: () => resolve(status),
        onResponseError: (_controller, error) => reject(error),
      },
    )
  })
}

function floodSocket(
  url: string,
  operations: readonly Operation[],
  endsAt: number,
  open: number,
  count: (outcome: string) => void,
): Promise<void> {
  const [first] = operations
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
    })
    let sent = 0
    const send = (message: object) => socket.send(JSON.stringify(message))
    const sendNext = () => {
      const { query, variables } = uniquely(operations[sent % operations.length] as Operation)
      send({ id: String(sent++), type: 'subscribe', payload: { query, variables } })
    }
    socket.on('open', () => send({ type: 'connection_init', payload: { authorization: `Bearer ${first?.token}` } }))
    socket.on('message', (data) => {
      const start = String((data as Buffer).subarray(0, 400))
      if (start.includes('"connection_ack"')) for (let index = 0; index < open; index++) sendNext()
      else if (start.includes('"ping"')) send({ type: 'pong' })
      else if (!start.includes('"complete"')) {
        count(/"code":"(\w+)"/.exec(start)?.[1] ?? /"type":"(\w+)"/.exec(start)?.[1] ?? 'unknown')
        if (performance.now() < endsAt) sendNext()
        else socket.terminate()
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve())
  })
}

/** @returns what stops it */
export function trickle(
  url: string,
  { token, query, variables }: Operation,
  clients: number,
  bytesPerSecond: number,
): () => Results['trickle'] {
  const { hostname, port, host } = new URL(url)
  const body = JSON.stringify({ query, variables })
  const head = [
    'POST /graphql HTTP/1.1',
    `host: ${host}`,
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  let closed = 0
  const sockets = Array.from({ length: clients }, () => {
    const socket = createConnection({ port: Number(port), host: hostname })
    socket.pause()
    socket.on('error', () => {})
    socket.on('close', () => closed++)
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
    return socket
  })
  const timer = setInterval(() => {
    if (bytesPerSecond > 0) for (const socket of sockets) socket.read(bytesPerSecond) ?? socket.read()
  }, 1_000)
  return () => {
    clearInterval(timer)
    const before = closed
    for (const socket of sockets) socket.destroy()
    return { closed: before }
  }
}
