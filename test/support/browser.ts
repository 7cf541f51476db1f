import { connectorId, type GraphQLAnswer, type PersonName } from './patchbay.js'
import { type Callback, type Choice, Person } from './person.js'

export interface StartedAuthorization {
  __typename: string
  id: string
  url: string
  status: string
  scopes: string[]
  message: string
}

interface AuthorizeInput {
  connector: string
  setupId?: string
  connectionId?: string
  returnTo?: string
  display?: 'POPUP' | 'REDIRECT'
  binding?: 'BROWSER' | 'CONFIRM'
  variables?: readonly { name: string; value: string }[]
}

const AUTHORIZE = `mutation ($input: AuthorizeConnectorInput!) {
  authorizeConnector(input: $input) {
    __typename
    ... on Authorization { id url status scopes }
    ... on Error { message }
  }
}`

/** A person's browser: it keeps cookies, is signed in to the host as one user, and fills in consent screens. */
export class Browser<User extends string = PersonName> {
  readonly person = new Person()

  constructor(
    readonly patchbay: { url: string; tokenFor(user: User): Promise<string> },
    readonly user: User,
  ) {}

  /** Executes an operation as a page of Patchbay's own origin does, and keeps the cookies from the response. */
  async execute<T>(query: string, variables: object = {}): Promise<GraphQLAnswer<T>> {
    const response = await this.person.open(`${this.patchbay.url}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await this.patchbay.tokenFor(this.user)}`,
        'content-type': 'application/json',
        'sec-fetch-site': 'same-origin',
      },
      body: JSON.stringify({ query, variables }),
    })
    return response.json() as Promise<GraphQLAnswer<T>>
  }

  async authorize({ connector, ...input }: AuthorizeInput): Promise<StartedAuthorization> {
    const variables = { input: { connectorId: connectorId(connector), ...input } }
    const { data, errors } = await this.execute<{ authorizeConnector: StartedAuthorization }>(AUTHORIZE, variables)
    if (errors) throw new Error(JSON.stringify(errors))
    return data.authorizeConnector
  }

  /** Opens an authorization's address and decides on the consent screen. The result is not delivered yet. */
  async consent(url: string, choice: Choice): Promise<Callback> {
    const start = await this.person.open(url)
    const location = start.headers.get('location')
    if (!location) throw new Error(`No consent screen (${start.status}): ${await start.text()}`)
    return this.person.consent(location, choice)
  }

  /** Brings the app's response to Patchbay. */
  async deliver({ callbackUrl, method, form }: Callback): Promise<Response> {
    return this.person.open(callbackUrl, method === 'POST' ? { method, body: form ?? null } : {})
  }

  /** From the click to the result: authorize, consent, callback. */
  async connect(
    input: AuthorizeInput,
    choice: Choice = { account: 'ada-work', allow: true },
  ): Promise<StartedAuthorization> {
    const authorization = await this.authorize(input)
    if (authorization.__typename !== 'Authorization') throw new Error(authorization.message)
    await this.deliver(await this.consent(authorization.url, choice))
    return authorization
  }
}
