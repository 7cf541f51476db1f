import type { Pool } from 'pg'
import type { Need, Screen } from '../fixture/fixture.js'

/** Where a contestant runs in this run, and its secrets. */
export interface Place {
  databaseUrl: string
  pool: Pool
  redisUrl: string
  tokenUrl: string
  jwtSecret: string
  /** 32 bytes as base64. */
  encryptionKey: string
}

export interface Command {
  args: string[]
  cwd: string
  env: Record<string, string>
}

export interface HttpRequest {
  path: string
  headers: Record<string, string>
  body: string
}

/** A callback that the contestant will accept once. */
export interface Callback {
  path: string
  headers: Record<string, string>
  /** What names its connection in the message that it causes. */
  tag: string
}

/** What a subscriber sends to a WebSocket that speaks graphql-transport-ws. */
export interface Watching {
  path: string
  init: Record<string, unknown>
  subscribe: Record<string, unknown>
}

/** A server that can be measured. People and plugins are those of the fixture, by number. */
export interface Contestant {
  name: string
  /** Which database it starts with. */
  database: 'empty' | 'fixture'
  /** Fills the database once per run. */
  prepare(place: Place): Promise<void>
  command(place: Place, port: number): Command
  screen(place: Place, userId: number, pluginId: number): HttpRequest
  /** @throws TypeError if the answer is an error */
  readScreen(answer: unknown): Screen
  /** Null if the variant has other data than the fixture. */
  expectedScreen(userId: number, pluginId: number): Screen | null
  /** Starts authorizations, as far as the browser's return. */
  openAuthorizations(place: Place, needs: readonly Need[]): Promise<Callback[]>
  watch(place: Place, userId: number, since?: number): Watching
  /** Whether a subscriber's message says that the connection of this callback is live. */
  isPushOf(data: unknown, tag: string): boolean
}

/** How long the bench's tokens are valid. */
export const expiry = (): number => Math.floor(Date.now() / 1_000) + 7_200
