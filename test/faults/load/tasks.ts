/** What a load generator is asked to do, and what it reports. They travel between processes as JSON. */

/** In a query, a flood replaces it by a number that it uses only once. */
export const UNIQUE = '%unique%'

export interface Operation {
  token: string
  query: string
  variables?: Record<string, unknown>
}

/** Milliseconds. */
export interface Times {
  count: number
  p50: number
  p99: number
  max: number
}

interface Open {
  kind: 'open'
  url: string
  /** Each gets a WebSocket with this subscription. */
  subscriptions: Operation[]
  atATime: number
  /** Whether each gets a state. Otherwise it is open once it has answered a ping that followed. */
  expectState: boolean
}

/** Waits until the last message of every subscription contains this text. */
interface Await {
  kind: 'await'
  text: string
}

/** Ends all subscriptions in the same moment. */
interface Cut {
  kind: 'cut'
}

/** How many messages the subscriptions have received. */
interface Received {
  kind: 'received'
}

/** Sends operations at a steady rate, no matter how fast they are answered. */
interface Ask {
  kind: 'ask'
  url: string
  operations: Operation[]
  perSecond: number
  seconds: number
}

/** Sends operations as fast as they are answered. */
interface Flood {
  kind: 'flood'
  url: string
  operations: Operation[]
  seconds: number
  /** How many requests are open at the same time. */
  connections: number
  /** How many WebSockets there are, and how many operations each has open. */
  sockets?: number
  perSocket?: number
}

/** Requests a response on each connection and reads it at this rate, until the next task. */
interface Trickle {
  kind: 'trickle'
  url: string
  operation: Operation
  clients: number
  bytesPerSecond: number
}

export type Task = Open | Await | Cut | Received | Ask | Flood | Trickle

export interface Results {
  open: Times
  await: Times
  cut: null
  received: number
  ask: Times & { failed: number }
  /** How many were answered, by HTTP status or, over WebSocket, by type of message or code of the error. */
  flood: Record<string, number>
  trickle: { closed: number }
}

export type Reply = { result: Results[Task['kind']] } | { error: string }

export function timesOf(samples: readonly number[]): Times {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (share: number) => Math.round((sorted[Math.ceil(share * sorted.length) - 1] ?? 0) * 10) / 10
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}
