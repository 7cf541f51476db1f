/** What the bench asks of a load generator, and what it gets back. Each task has one result. */
import type { Callback, HttpRequest, Watching } from '../adapters/contestant.js'

export interface HttpTask {
  kind: 'http'
  url: string
  requests: HttpRequest[]
  connections: number
  seconds: number
}

export interface HttpResult {
  requests: number
  perSecond: number
  p50Ms: number
  p99Ms: number
}

/** A subscriber. Its port says at which instance. */
export interface Person {
  userId: number
  port: number
  watching: Watching
}

export interface OpenTask {
  kind: 'open'
  contestant: string
  people: Person[]
  /** Whether the server sends the state first. Otherwise, a subscriber is open once it has subscribed. */
  expectState: boolean
  atATime: number
}

export interface OpenResult {
  seconds: number
  /** From the start of the task to each subscriber's state, in the order in which they came. */
  afterMs: number[]
}

export type Call = Callback & { userId: number; port: number }

export interface CallTask {
  kind: 'call'
  calls: Call[]
  perSecond: number
}

export interface CallResult {
  perSecond: number
  /** Callbacks that were refused, failed, or whose message didn't come. */
  lost: number
  responseMs: number[]
  pushMs: number[]
}

/** Ends all connections without a goodbye. */
export interface CutTask {
  kind: 'cut'
}

/** The newest state of each subscriber. */
export interface StatesTask {
  kind: 'states'
}

export interface Results {
  http: HttpResult
  open: OpenResult
  call: CallResult
  cut: null
  states: [userId: number, state: unknown][]
}

export type Task = HttpTask | OpenTask | CallTask | CutTask | StatesTask
export type Reply = { result: unknown } | { error: string }
