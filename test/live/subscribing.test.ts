import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseGlobalId } from '../../src/domain/global-id.js'
import {
  change,
  HOST,
  isStateRead,
  newUser,
  SETUP,
  type SetupScreen,
  startSetup,
  watching,
} from '../support/host-user.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { TRANSPORTS } from '../support/subscriber.js'

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay(HOST)
})
afterAll(() => patchbay.close())

/** Runs something just before the next statement of a kind reaches the database, and delays the statement until then. */
function justBefore(isKind: StatementTest, act: () => Promise<unknown>): void {
  const tap = patchbay.database.tap(async (sql, parameters) => {
    if (!isKind(sql, parameters)) return
    tap[Symbol.dispose]()
    await act()
  })
}

type StatementTest = (sql: string, parameters: readonly unknown[]) => boolean

/** Tells the reads of a setup's user from those of users whose subscriptions are ending. */
async function isReadFor(setupId: string): Promise<StatementTest> {
  const { userId } = await patchbay.database.db.setup.findUniqueOrThrow({ where: { id: uuidOf(setupId) } })
  return (sql, parameters) => isStateRead(sql) && JSON.stringify(parameters).includes(userId)
}

const uuidOf = (id: string) => parseGlobalId(id)?.id ?? ''
const REMOVE = 'mutation ($id: ID!) { removeSetup(input: { setupId: $id }) { __typename } }'

describe.each(TRANSPORTS)('L6: over %s, a change that commits', (transport) => {
  test.each(['without', 'with'])('between listening and the snapshot is in the snapshot, %s since', async (since) => {
    const user = await newUser(patchbay)
    const { id, revision } = await startSetup(user)
    justBefore(await isReadFor(id), () => change(user))
    const variables = since === 'with' ? { id, since: revision } : { id }
    await using screen = await watching<SetupScreen>(user, SETUP, variables, transport)
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 1 } })
    await change(user)
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 2 } })
  })

  test('between the snapshot and its delivery is sent after the snapshot', async () => {
    const user = await newUser(patchbay)
    const other = await startSetup(user, 'plain-writer')
    const { id, revision } = await startSetup(user)
    const removed = async () => (await patchbay.database.db.setup.count({ where: { id: uuidOf(other.id) } })) === 0
    const commit = async () => {
      void user.execute(REMOVE, { id: other.id }) // responds once the catalogue is loaded
      await expect.poll(removed).toBe(true)
    }
    // A catalogue that is new to this instance is loaded between the two.
    justBefore(await isReadFor(id), async () => {
      await patchbay.database.db.$executeRaw`UPDATE "Catalogue" SET revision = revision + 1`
      setImmediate(() => justBefore(() => true, commit)) // the snapshot's statement has started by then
    })
    await using screen = await watching<SetupScreen>(user, SETUP, { id }, transport)
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 1 } })
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 2 } })
  })
})
