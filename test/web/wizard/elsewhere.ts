import { Browser } from '../../support/browser.js'
import { type GraphQLAnswer, pluginId } from '../../support/patchbay.js'
import type { Choice } from '../../support/person.js'

const START = `mutation ($input: StartSetupInput!) { startSetup(input: $input) { __typename ... on PluginSetup { id } } }`
const CONNECTIONS = '{ viewer { connections { id connector { slug } } } }'
const ON_CONNECTION = (mutation: 'disconnect' | 'verifyConnection') => {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!`
  return `mutation ($input: ${type}) { ${mutation}(input: $input) { __typename } }`
}

interface Connections {
  viewer: { connections: { id: string; connector: { slug: string } }[] }
}

/**
 * A user's other browser, without pages to draw. It brings the user into a state over HTTP, which takes a tenth of the
 * time that clicking there takes, so tests click only what they are about.
 */
export class Elsewhere {
  readonly #browser: Browser<string>
  #setupId: string | undefined

  constructor(patchbay: Browser<string>['patchbay'], user: string) {
    this.#browser = new Browser(patchbay, user)
  }

  /** Starts the plugin's setup. What is connected from now on is connected for it. */
  async start(plugin: string): Promise<void> {
    const variables = { input: { pluginId: pluginId(plugin) } }
    const { startSetup } = await this.#execute<{ startSetup: { __typename: string; id?: string } }>(START, variables)
    if (!startSetup.id) throw new Error(startSetup.__typename)
    this.#setupId = startSetup.id
  }

  /** Decides on the app's consent screen: unless the choice says otherwise, allows everything. */
  async connect(connector: string, choice: Partial<Choice> = {}): Promise<void> {
    await this.#browser.connect(this.#target(connector), { account: 'ada-work', allow: true, ...choice })
  }

  /** Opens the app's consent screen, and leaves it open. */
  async ask(connector: string): Promise<void> {
    const { url } = await this.#browser.authorize(this.#target(connector))
    await this.#browser.person.open(url)
  }

  /** Asks the app whether its connections still work. */
  check(connector: string): Promise<void> {
    return this.#onConnections('verifyConnection', connector)
  }

  disconnect(connector: string): Promise<void> {
    return this.#onConnections('disconnect', connector)
  }

  #target(connector: string) {
    return this.#setupId === undefined ? { connector } : { connector, setupId: this.#setupId }
  }

  async #onConnections(mutation: 'disconnect' | 'verifyConnection', connector: string): Promise<void> {
    const { viewer } = await this.#execute<Connections>(CONNECTIONS)
    const connections = viewer.connections.filter((each) => each.connector.slug === connector)
    if (connections.length === 0) throw new Error(`${connector} isn't connected`)
    for (const { id } of connections) await this.#execute(ON_CONNECTION(mutation), { input: { connectionId: id } })
  }

  async #execute<T>(query: string, variables: object = {}): Promise<T> {
    const { data, errors }: GraphQLAnswer<T> = await this.#browser.execute<T>(query, variables)
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }
}
