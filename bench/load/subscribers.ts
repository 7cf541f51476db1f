import WebSocket from 'ws'
import { contestantNamed } from '../adapters/all.js'
import type { OpenResult, OpenTask, Person } from './tasks.js'

const PATIENCE_MS = 60_000

/** The message that a callback must cause. */
export interface Awaited {
  tag: string
  arrived(at: number): void
}

export interface Subscriber {
  userId: number
  socket: WebSocket
  state: unknown
  awaited: Awaited | null
}

/** All open subscribers. A user has at most one. */
export const subscribers = new Map<number, Subscriber>()

export async function open({ contestant, people, expectState, atATime }: OpenTask): Promise<OpenResult> {
  const { isPushOf } = contestantNamed(contestant)
  const startedAt = performance.now()
  const afterMs: number[] = []
  const queue = [...people].reverse()
  const worker = async () => {
    for (let person = queue.pop(); person; person = queue.pop()) {
      subscribers.set(person.userId, await openOne(person, expectState, isPushOf))
      afterMs.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: atATime }, worker))
  return { seconds: (performance.now() - startedAt) / 1_000, afterMs }
}

function openOne(
  { userId, port, watching }: Person,
  expectState: boolean,
  isPushOf: (data: unknown, tag: string) => boolean,
): Promise<Subscriber> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${watching.path}`, 'graphql-transport-ws', {
      perMessageDeflate: false,
    })
    const subscriber: Subscriber = { userId, socket, state: null, awaited: null }
    const fail = (reason: string) => reject(new Error(`subscriber ${userId}: ${reason}`))
    const timer = setTimeout(() => fail('no state came'), PATIENCE_MS)
    const isOpen = () => {
      clearTimeout(timer)
      resolve(subscriber)
    }
    const send = (message: object) => socket.send(JSON.stringify(message))
    const handlers: Record<string, (payload: { data: unknown; errors?: unknown }) => void> = {
      connection_ack() {
        send({ id: '1', type: 'subscribe', payload: watching.subscribe })
        if (!expectState) isOpen()
      },
      ping: () => send({ type: 'pong' }),
      next({ data, errors }) {
        if (errors) return fail(JSON.stringify(errors))
        subscriber.state = data
        isOpen()
        const { awaited } = subscriber
        if (!awaited || !isPushOf(data, awaited.tag)) return
        subscriber.awaited = null
        awaited.arrived(performance.now())
      },
    }
    socket.on('open', () => send({ type: 'connection_init', payload: watching.init }))
    socket.on('message', (text) => {
      const { type, payload } = JSON.parse(String(text))
      const handle = handlers[type]
      if (handle) handle(payload)
      else fail(String(text))
    })
    socket.on('error', (error) => fail(error.message))
    socket.on('close', (code) => fail(`closed with ${code}`))
  })
}

/** Ends all connections in the same moment, as a proxy that restarts would. */
export function cut(): null {
  for (const { socket } of subscribers.values()) socket.terminate()
  subscribers.clear()
  return null
}

export const states = (): [number, unknown][] => [...subscribers.values()].map(({ userId, state }) => [userId, state])
