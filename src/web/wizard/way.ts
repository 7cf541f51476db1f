import type { Sink } from 'graphql-ws'
import type { TokenSource } from './token-source.js'

export interface Request {
  query: string
  variables: Record<string, unknown>
}

/** One way for subscriptions to come, which comes back by itself after any fault. */
export interface Way {
  subscribe(request: Request, sink: Sink): () => void
  dispose(): void
}

export interface WayOptions {
  url: URL
  tokens: TokenSource
  /** Called with true when the server is reached, with false when it is not any more. */
  onReached(reached: boolean): void
}
