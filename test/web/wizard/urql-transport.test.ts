import { expect, test } from 'vitest'
import { ApiError } from '../../../src/web/client/transport.js'
import { createUrqlClient, createUrqlTransport } from '../../../src/web/wizard/urql-transport.js'

const NO_STREAMS = { subscribe: () => () => {} }

/** What the page's transport makes of this response to a query. */
function failureOf(status: number, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  const fetched = async () => new Response(JSON.stringify(body), { status, statusText: 'No', headers })
  const client = createUrqlClient(new URL('http://localhost/graphql'), fetched, NO_STREAMS)
  const answer = createUrqlTransport(client).execute('query Q { viewer { id } }', {})
  return answer.then(
    () => undefined,
    (error) => error,
  )
}

test.each([
  [500, 'INTERNAL_SERVER_ERROR'],
  [503, 'SERVICE_UNAVAILABLE'],
  [429, 'TOO_MANY_REQUESTS'],
  [200, 'FORBIDDEN'],
])('a refusal with %i is the API’s error, with its code %s', async (status, code) => {
  const error = await failureOf(status, { errors: [{ message: 'No.', extensions: { code } }], data: null })
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ message: 'No.', code })
})
