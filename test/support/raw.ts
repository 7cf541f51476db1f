import { request } from 'node:http'
import { WebSocket } from 'ws'
import type { Patchbay } from './patchbay.js'

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

/**
 * Sends one HTTP request with exactly these headers. `fetch` wouldn't send the given Host. With `exact`, the path is sent as
 * it is, even if a URL wouldn't keep its dots.
 */
export function send(
  { url }: Pick<Patchbay, 'url'>,
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: string | Iterable<Buffer>; exact?: boolean } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = init.body === undefined ? 'GET' : 'POST', headers = {} } = init
    const outgoing = request(
      `${url}${path}`,
      { method, headers, agent: false, ...(init.exact && { path }) },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
      },
    )
    outgoing.on('error', reject)
    if (typeof init.body === 'string') outgoing.end(init.body)
    else {
      for (const chunk of init.body ?? []) outgoing.write(chunk)
      outgoing.end()
    }
  })
}

interface Message {
  type: string
  id?: string
  payload?: unknown
}

/** A WebSocket without a client library, so that nothing repairs what it sends. */
export class RawSocket {
  readonly messages: Message[] = []
  readonly closed: Promise<number>
  readonly closeReason: Promise<string>
  /** Called for every message. */
  onMessage: () => void = () => {}
  readonly #socket: WebSocket
  #wake: () => void = () => {}
  #operations = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)))
      const wake = this.#wake
      this.#wake = () => {}
      wake()
      this.onMessage()
    })
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => socket.once('close', resolve))
    this.closeReason = new Promise((resolve) => socket.once('close', (_code, reason) => resolve(String(reason))))
  }

  /** Opens one. Rejects if it can’t, with the HTTP status if the upgrade is refused. */
  static open({ url }: Pick<Patchbay, 'url'>, headers: Record<string, string> = {}): Promise<RawSocket> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers })
    const raw = new RawSocket(socket)
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(raw))
      socket.once('error', reject)
      socket.once('unexpected-response', (_request, response) => {
        reject(new Error(`refused with ${response.statusCode}`))
        response.destroy()
      })
    })
  }

  send(message: Message | string): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** Authenticates, and waits for the acknowledgment. */
  async init(authorization: string): Promise<void> {
    this.send({ type: 'connection_init', payload: { authorization } })
    await this.message(({ type }) => type === 'connection_ack')
  }

  /** Waits for the first message that matches. */
  async message(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(fits)
      if (found) return found
      await new Promise<void>((resolve) => {
        const others = this.#wake
        this.#wake = () => {
          others()
          resolve()
        }
      })
    }
  }

  /** Executes an operation and returns its first message: `next` or `error`. */
  async execute(query: string, variables: object = {}): Promise<Message> {
    const id = `operation ${++this.#operations}`
    this.send({ id, type: 'subscribe', payload: { query, variables } })
    return this.message((message) => message.id === id)
  }

  pause(): void {
    this.#socket.pause()
  }

  terminate(): void {
    this.#socket.terminate()
  }
}
