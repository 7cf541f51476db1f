import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import {
  ApiError,
  type Connecting,
  type ConnectOptions,
  type ConnectState,
  connectApp,
  type Transport,
} from '../../../src/web/client/index.js'
import type { Browser } from '../../support/browser.js'
import { connectorId } from '../../support/patchbay.js'
import { FakeWindow } from './fake-window.js'

interface Refusal {
  message: string
  extensions?: { code?: string }
}

/** @param port the port of the proxy between the browser and the API's WebSocket; called for every connection */
export function transportOf(browser: Browser, port?: () => number): Transport & { dispose(): void } {
  const { host, port: own } = new URL(browser.patchbay.url)
  class Socket extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol, { headers: { host } })
    }
  }
  const client = createClient({
    url: () => `ws://127.0.0.1:${port?.() ?? own}/graphql`,
    webSocketImpl: Socket,
    connectionParams: async () => ({ authorization: `Bearer ${await browser.patchbay.tokenFor(browser.user)}` }),
    retryAttempts: 0,
  })
  return {
    async execute<Result>(operation: { toString(): string }, variables: unknown) {
      const { data, errors } = await browser.execute<Result>(operation.toString(), variables as object)
      if (errors?.[0]) throw refused(errors[0])
      return data
    },
    subscribe: (operation, variables, observer) =>
      client.subscribe(
        { query: operation.toString(), variables: variables as Record<string, unknown> },
        {
          next: ({ data, errors }) =>
            errors?.[0] ? observer.failed(refused(errors[0] as Refusal)) : observer.next(data as never),
          error: (error) =>
            observer.failed(Array.isArray(error) ? refused(error[0] as Refusal) : new Error('The connection is lost.')),
          complete: () => observer.completed(),
        },
      ),
    dispose: () => void client.dispose(),
  }
}

function refused({ message, extensions }: Refusal): ApiError {
  return new ApiError(message, extensions?.code)
}

interface Click extends Omit<Partial<ConnectOptions>, 'connectorId' | 'onChange'> {
  connector?: string
  transport?: Transport
  window?: FakeWindow
}

/** A person who clicked Connect, and what their page has shown since. */
export class ConnectingPerson {
  readonly window: FakeWindow
  readonly connecting: Connecting
  readonly states: ConnectState[] = []
  readonly #waiting = new Set<() => void>()

  constructor(
    readonly browser: Browser,
    { connector = 'acme-mail', transport = transportOf(browser), window, ...options }: Click = {},
  ) {
    this.window = window ?? new FakeWindow(`${browser.patchbay.url}/setups/one?tab=apps`)
    const onChange = (state: ConnectState) => {
      this.states.push(state)
      for (const look of this.#waiting) look()
    }
    const all = { ...options, connectorId: connectorId(connector), onChange }
    this.connecting = connectApp(transport, all, this.window.asWindow())
  }

  get state(): ConnectState {
    return this.connecting.state
  }

  /** The first state that matches, past or future. */
  until(fits: (state: ConnectState) => boolean): Promise<ConnectState> {
    return new Promise((resolve) => {
      const look = () => {
        const state = this.states.find(fits)
        if (!state) return
        this.#waiting.delete(look)
        resolve(state)
      }
      this.#waiting.add(look)
      look()
    })
  }

  /** The address of the consent screen, once the page waits for the result. */
  async url(): Promise<string> {
    const state = await this.until(({ phase }) => phase !== 'starting')
    if (!('authorization' in state)) throw new Error(JSON.stringify(state))
    return state.authorization.url
  }

  /** Goes through the consent screen. Returns where that leads. */
  async decide(allow: boolean): Promise<Response> {
    return this.browser.deliver(await this.browser.consent(await this.url(), { account: 'ada-work', allow }))
  }
}
