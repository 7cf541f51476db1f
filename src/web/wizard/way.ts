import type { Sink } from 'graphql-ws'
import type { TokenSource } from './token-source.js'

export interface Request {
  query: string
  variables: Record<string, unknown>
}

/** One way to run subscriptions. It recovers from any failure by itself. */
export interface Way {
  subscribe(request: Request, sink: Sink): () => void
  dispose(): void
}

export interface WayOptions {
  url: URL
  tokens: TokenSource
  /** Called with true when the server is reached, and with false when it no longer is. */
  onReached(reached: boolean): void
}
