import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { readConfig } from '../../../src/config/environment.js'
import { schema } from '../../../src/graphql/schema.js'
import { AuthenticationError } from '../../../src/http/authentication/authentication-error.js'
import { DocumentMemory } from '../../../src/http/graphql/document-memory.js'
import { createExecutor } from '../../../src/http/graphql/execution/executor.js'
import { createGraphQLEndpoint } from '../../../src/http/graphql/graphql-endpoint.js'
import { Preparations } from '../../../src/http/graphql/preparations.js'
import { TrustedDocuments } from '../../../src/http/graphql/trusted-documents.js'
import { createLogger } from '../../../src/observability/logger.js'
import { createMetrics } from '../../../src/observability/metrics.js'
import { createTelemetry } from '../../../src/observability/telemetry.js'
import { send } from '../../support/raw.js'

test('only valid documents of authenticated callers are remembered', async () => {
  const documents = new DocumentMemory()
  const endpoint = createGraphQLEndpoint({
    schema,
    createContext: () => ({}),
    publicUrl: 'http://localhost',
    addressOf: () => '192.0.2.1',
    authenticate: async (authorization) => {
      if (!authorization) throw new AuthenticationError('missing', 'No.')
      return { kind: 'api-key', key: { id: 'a', name: 'a', scopes: new Set() } }
    },
    documents,
    trusted: new TrustedDocuments([], 'off'),
    preparations: new Preparations(),
    connections: readConfig({}).connections,
    execute: createExecutor(schema),
    telemetry: createTelemetry(createLogger('silent'), createMetrics()),
    isPassing: () => false,
    isAllowedOrigin: () => true,
    explorable: false,
    graphiql: undefined,
  })
  await using server = createServer((request, response) => void endpoint(request, response)).listen(0)
  await once(server, 'listening')
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  const isRemembered = async (query: string, headers: Record<string, string> = { authorization: 'yes' }) => {
    const body = JSON.stringify({ query })
    await send({ url }, '/graphql', { headers: { 'content-type': 'application/json', ...headers }, body })
    return documents.get(query) !== undefined
  }
  expect(await isRemembered('{ __typename }')).toBe(true)
  expect(await isRemembered('{ a: __typename }', {})).toBe(false)
  expect(await isRemembered('{ unknown }')).toBe(false)
  expect(await isRemembered('{ __typename')).toBe(false)
  expect(await isRemembered('{ __schema { types { name } } }')).toBe(false)
  expect(await isRemembered(`{ ${'a: __typename '.repeat(1_000)} }`)).toBe(false)
})
