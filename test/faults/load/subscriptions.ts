import { CloseCode } from 'graphql-ws'
import WebSocket from 'ws'
import { type Operation, type Results, type Times, timesOf } from './tasks.js'

const PATIENCE_MS = 60_000
/** How often a subscription is opened if that fails for lack of processor time. */
const TRIES = 10

interface Subscription {
  socket: WebSocket
  received: number
  latest: string
  onMessage: () => void
}

let subscriptions: Subscription[] = []

export async function open(
  url: string,
  given: readonly Operation[],
  atATime: number,
  expectState: boolean,
): Promise<Times> {
  const startedAt = performance.now()
  const afterMs: number[] = []
  const queue = [...given]
  const worker = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      subscriptions.push(await openInTime(url, next, expectState))
      afterMs.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: atATime }, worker))
  return timesOf(afterMs)
}

/** Opens it again if this process got no processor time to introduce itself. */
async function openInTime(url: string, operation: Operation, expectState: boolean): Promise<Subscription> {
  for (let tries = 1; ; tries++) {
    try {
      return await openOne(url, operation, expectState)
    } catch (error) {
      if (tries === TRIES || !String(error).includes(`closed with ${CloseCode.ConnectionInitialisationTimeout}`))
        throw error
    }
  }
}

function openOne(url: string, { token, query, variables }: Operation, expectState: boolean): Promise<Subscription> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
    })
    const subscription: Subscription = { socket, received: 0, latest: '', onMessage: () => {} }
    const fail = (reason: string) => reject(new Error(reason))
    const timer = setTimeout(fail, PATIENCE_MS, 'no state came')
    const isOpen = () => {
      clearTimeout(timer)
      resolve(subscription)
    }
    const send = (message: object) => socket.send(JSON.stringify(message))
    socket.on('open', () => send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }))
    socket.on('message', (data) => {
      const text = String(data)
      const { type } = JSON.parse(text) as { type: string }
      if (type === 'connection_ack') {
        send({ id: '1', type: 'subscribe', payload: { query, variables } })
        if (!expectState) send({ type: 'ping' })
      } else if (type === 'pong') isOpen()
      else if (type === 'next' && !text.includes('"errors"')) {
        subscription.received++
        subscription.latest = text
        isOpen()
        subscription.onMessage()
      } else if (type !== 'ping') fail(text)
      else send({ type: 'pong' })
    })
    socket.on('error', (error) => fail(error.message))
    socket.on('close', (code) => fail(`closed with ${code}`))
  })
}

export async function untilAllHave(text: string): Promise<Times> {
  const startedAt = performance.now()
  const afterMs = await Promise.all(
    subscriptions.map(
      (subscription) =>
        new Promise<number>((resolve, reject) => {
          const timer = setTimeout(reject, PATIENCE_MS, new Error(`a subscription never got ${text}`))
          subscription.onMessage = () => {
            if (!subscription.latest.includes(text)) return
            clearTimeout(timer)
            resolve(performance.now() - startedAt)
          }
          subscription.onMessage()
        }),
    ),
  )
  return timesOf(afterMs)
}

export const received = (): Results['received'] => subscriptions.reduce((sum, { received }) => sum + received, 0)

export function cut(): null {
  for (const { socket } of subscriptions) socket.terminate()
  subscriptions = []
  return null
}
