import { randomBytes } from 'node:crypto'
import { getIntrospectionQuery } from 'graphql'
import { createClient } from 'graphql-ws'
import { SignJWT } from 'jose'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { type Instance, startInstance } from '../../../src/app/app.js'
import { readConfig } from '../../../src/config/environment.js'
import { signDevelopmentToken } from '../../../src/http/development/development-issuer.js'
import { openTestDatabase } from '../../support/database.js'
import { freePort } from '../../support/free-port.js'

const SECRET = randomBytes(32).toString('base64')

describe('in production', () => {
  let app: Instance
  let token: string
  const config = async (env: Record<string, string> = {}) => {
    const port = String(await freePort())
    return readConfig({
      PATCHBAY_ENV: 'production',
      PATCHBAY_PORT: port,
      PATCHBAY_DRAIN_SPREAD: '0',
      PATCHBAY_PUBLIC_URL: `http://localhost:${port}`,
      PATCHBAY_KEYS: randomBytes(32).toString('base64'),
      PATCHBAY_JWT_SECRET: SECRET,
      PATCHBAY_JWT_ISSUER: 'host',
      PATCHBAY_JWT_AUDIENCE: 'patchbay',
      ...env,
    })
  }
  const started = async (env: Record<string, string> = {}) => {
    const database = await openTestDatabase()
    const instance = await startInstance(await config(env), pino({ level: 'silent' }), {
      openDatabase: async () => database,
    })
    return { ...instance, [Symbol.asyncDispose]: () => instance.close() }
  }

  beforeAll(async () => {
    app = await started()
    token = await new SignJWT({ org: 'northwind' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('host')
      .setAudience('patchbay')
      .setSubject('ada')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(SECRET))
  })
  afterAll(() => app.close())

  const post = (query: string, bearer = token, variables = {}, url = app.url) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })

  /** What a client is told of an operation that is refused. */
  async function overWebSocket(query: string, variables: object = {}, serverUrl = app.url): Promise<unknown> {
    const client = createClient({
      url: `${serverUrl.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
    })
    try {
      return await new Promise((resolve) => {
        const sink = { next: resolve, error: resolve, complete: () => resolve(undefined) }
        client.subscribe({ query, variables: { ...variables } }, sink)
      })
    } finally {
      await client.dispose()
    }
  }

  test('nothing is seeded, and the host’s users are served', async () => {
    const response = await post('{ viewer { revision } plugins { edges { cursor } } connectors { edges { cursor } } }')
    expect(await response.json()).toEqual({
      data: { viewer: { revision: 0 }, plugins: { edges: [] }, connectors: { edges: [] } },
    })
  })

  test('there is no sandbox or development issuer, and the issuer’s tokens are refused', async () => {
    expect(app.sandbox).toBeUndefined()
    expect((await fetch(`${app.url}/development/token`)).status).toBe(404)
    const { tokens } = await config()
    const forged = await signDevelopmentToken(SECRET, 'ada', tokens)
    expect((await post('{ viewer { id } }', forged)).status).toBe(401)
  })

  const AUTHORIZE = 'mutation ($input: AuthorizeConnectorInput!) { authorizeConnector(input: $input) { __typename } }'

  test.each<[string, string, object?]>([
    ['a field', '{ viewe { id } }'],
    ['an argument', '{ node(idd: "a") { id } }'],
    ['a type', '{ node(id: "a") { ... on Plugi { id } } }'],
    ['an enum value', 'mutation { authorizeConnector(input: { connectorId: "a", display: POPUPP }) { __typename } }'],
    ['an input field', 'mutation { authorizeConnector(input: { connectorIdd: "a" }) { __typename } }'],
    ['an enum value in a variable', AUTHORIZE, { input: { connectorId: 'a', display: 'POPUPP' } }],
    ['an input field in a variable', AUTHORIZE, { input: { connectorId: 'a', displa: 'POPUP' } }],
  ])('G4: the error about %s that is nearly right suggests nothing', async (_name, query, variables) => {
    const text = await (await post(query, token, variables)).text()
    expect(text).toContain('"errors"')
    expect(text).not.toMatch(/did you mean/i)
    const refused = await overWebSocket(query, variables)
    expect(JSON.stringify(refused)).toContain('message')
    expect(JSON.stringify(refused)).not.toMatch(/did you mean/i)
  })

  test('G4: introspection and GraphiQL are off over HTTP and WebSocket', async () => {
    const introspected = await post(getIntrospectionQuery())
    const refusal = await introspected.text()
    expect(refusal).toContain('introspection has been disabled')
    expect(refusal).not.toContain('"data"')
    const page = await fetch(`${app.url}/graphql`, { headers: { accept: 'text/html' } })
    expect(await page.text()).not.toMatch(/graphiql/i)

    const refused = await overWebSocket(getIntrospectionQuery())
    expect(JSON.stringify(refused)).toContain('introspection has been disabled')
  })
  test('G4: a setting turns introspection on, over HTTP and WebSocket, and the page remains off', async () => {
    await using open = await started({ PATCHBAY_INTROSPECTION: 'on' })
    const introspected = (await (await post(getIntrospectionQuery(), token, {}, open.url)).json()) as { data: unknown }
    expect(JSON.stringify(introspected.data)).toContain('"PluginSetup"')
    expect(await (await post('{ viewe { id } }', token, {}, open.url)).text()).toContain('Did you mean “viewer”')
    expect(JSON.stringify(await overWebSocket(getIntrospectionQuery(), {}, open.url))).toContain('"PluginSetup"')
    const page = await fetch(`${open.url}/graphql`, { headers: { accept: 'text/html' } })
    expect(await page.text()).not.toMatch(/graphiql/i)
  })
})
