import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectorId, type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { subscribe, TRANSPORTS } from '../../support/subscriber.js'

const DSN = 'postgresql://patchbay:hunter2@db.internal:5432/patchbay'

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay({ PATCHBAY_LOG_LEVEL: 'info' })
})
afterAll(() => patchbay.close())

/** From now on, every statement fails as drivers do: with the address in the message. */
function breakDatabase(): Disposable {
  return patchbay.database.tap(() => {
    throw new Error(`connect ECONNREFUSED ${DSN}`)
  })
}

/** Checks that the client's error reveals nothing, and that its request id leads to the details in the log. */
function expectMasked(
  error: { message: string; extensions?: { code?: string; requestId?: string } } | undefined,
  fact: string,
) {
  expect(error).toMatchObject({ extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.any(String) } })
  expect(Object.keys(error?.extensions ?? {}).sort()).toEqual(['code', 'requestId'])
  const requestId = error?.extensions?.requestId ?? '-'
  expect(error?.message).toContain(requestId)
  expect(JSON.stringify(error)).not.toContain(fact)
  const lines = patchbay.logged.filter((line) => line.includes(requestId) && line.includes('request failed'))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(fact)
}

test('G13: an error that a resolver throws is masked over HTTP and logged under the request id', async () => {
  using _broken = breakDatabase()
  const { errors } = await patchbay.execute('ben', '{ viewer { setups { id } } }')
  expect(errors).toHaveLength(1)
  expectMasked(errors?.[0], 'hunter2')
})

test.each(TRANSPORTS)('G13: an error at the start of a subscription is masked over %s', async (transport) => {
  using _broken = breakDatabase()
  await using screen = await subscribe(patchbay, 'ben', 'subscription { connectionStatus { revision } }', {}, transport)
  const { errors } = await screen.next()
  expect(errors).toHaveLength(1)
  expectMasked(errors?.[0], 'hunter2')
})

test('G13: an error in a query over WebSocket is masked', async () => {
  using _broken = breakDatabase()
  await using screen = await subscribe(patchbay, 'ben', '{ viewer { setups { id } } }')
  expectMasked((await screen.next()).errors?.[0], 'hunter2')
})

test('G13: an error during a subscription is masked over both transports', async () => {
  const variables = { ids: [connectorId('github')] }
  const query = 'subscription ($ids: [ID!]) { connectionStatus(connectorIds: $ids) { revision } }'
  const screens = await Promise.all(
    TRANSPORTS.map((transport) => subscribe(patchbay, 'ben', query, variables, transport)),
  )
  for (const screen of screens) expect((await screen.next()).errors).toBeUndefined()
  // Nothing in Patchbay deletes a connector's row. Doing it by hand breaks the subscriptions that show it.
  await patchbay.database.db.requirement.deleteMany({ where: { connectorSlug: 'github' } })
  await patchbay.database.db.skillRequirement.deleteMany({ where: { connectorSlug: 'github' } })
  await patchbay.database.db.connector.delete({ where: { slug: 'github' } })
  await patchbay.database.db.$executeRaw`UPDATE "Catalogue" SET revision = revision + 1`
  const fact = 'connector github is not in the catalogue'
  for (const screen of screens) {
    const failure = await screen.next().then(
      ({ errors }) => errors,
      (error) => error,
    )
    expectMasked(failure?.[0], fact)
    await screen.close()
  }
})
