import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createSignedFetch } from '../../../src/web/wizard/signed-fetch.js'

const limited = (limit: string) => JSON.stringify({ errors: [{ message: 'Wait.', extensions: { limit } }] })

/** Sends a request with the token `old`, which the API answers like this. Its other tokens are fine. */
async function sent(status: number, body: string) {
  const tokens: string[] = []
  await using api = createServer((request, response) => {
    tokens.push(request.headers.authorization ?? '')
    if (tokens.length === 1) response.writeHead(status).end(body)
    else response.end('fine')
  }).listen(0, '127.0.0.1')
  await once(api, 'listening')
  let token = 'old'
  const signed = createSignedFetch({
    get: async () => token,
    refused: () => {
      token = 'new'
    },
  })
  const response = await signed(`http://127.0.0.1:${(api.address() as AddressInfo).port}`)
  return { tokens, status: response.status, text: await response.text() }
}

test.each([
  [401, 'Unauthorized'],
  [429, limited('wrong-credentials')],
])('a token that the API rejects with %i is replaced, and the request repeated', async (status, body) => {
  expect(await sent(status, body)).toEqual({ tokens: ['Bearer old', 'Bearer new'], status: 200, text: 'fine' })
})

test.each([
  [429, limited('changes')],
  [429, '<html>Too many requests</html>'],
  [503, 'Unavailable'],
])('a request that is refused with %i for another reason is not repeated', async (status, body) => {
  expect(await sent(status, body)).toEqual({ tokens: ['Bearer old'], status, text: body })
})
