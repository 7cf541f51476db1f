import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NotAdmittedError } from '../../../src/domain/errors.js'
import type { Viewer } from '../../../src/domain/identity/viewer.js'
import { createReadView, type ReadView } from '../../../src/domain/view/read-view.js'
import { StateMemory } from '../../../src/domain/view/state-memory.js'
import { openTestDatabase, type TestDatabase } from '../../support/database.js'
import { someone } from '../../support/webhooks.js'

const CATALOGUE = { revision: 0, plugins: new Map(), connectors: new Map() }

let database: TestDatabase
let memory: StateMemory
let read: ReadView
beforeAll(async () => {
  database = await openTestDatabase()
  memory = new StateMemory()
  const at = async () => CATALOGUE
  read = createReadView(database.sql, { at, current: at, present: () => CATALOGUE }, memory)
})
afterAll(() => database.close())

/** A user who has copied one skill. */
async function someoneStored(): Promise<Viewer> {
  const viewer = someone()
  const { userId: id, issuer, subject, organization } = viewer
  const facts = { issuer, subject, organization: organization.id, revision: 1, createdAt: new Date() }
  await database.db.user.create({ data: { id, ...facts } })
  await copySkill(viewer, 'first')
  return viewer
}

async function copySkill({ userId }: Viewer, name: string): Promise<void> {
  const data = { userId, pluginSlug: 'plugin', skillSlug: randomUUID(), name, instructions: '', pluginVersion: '1.0.0' }
  await database.db.skillCopy.create({ data: { ...data, copiedAt: new Date() } })
}

const namesOf = async (viewer: Viewer) => (await read(viewer)).state.skillCopies.map(({ name }) => name).sort()

test('reads of the same moment share a statement, and those of one user share a view', async () => {
  const [ada, ben] = [await someoneStored(), await someoneStored()]
  const statements = await database.countStatements(async () => {
    const [first, second, other] = await Promise.all([read(ada), read(ada), read(ben)])
    expect(first).toBe(second)
    expect(first).not.toBe(other)
  })
  expect(statements).toHaveLength(1)
})

test('a read that begins after another was sent does not share it', async () => {
  const ada = await someoneStored()
  const early = read(ada)
  await new Promise((resolve) => setImmediate(resolve))
  await copySkill(ada, 'second')
  await database.db.user.update({ where: { id: ada.userId }, data: { revision: { increment: 1 } } })
  expect(await namesOf(ada)).toEqual(['first', 'second'])
  await early
})

test('the database sends a state once for each revision', async () => {
  const ada = await someoneStored()
  await read(ada)
  const remembered = memory.get(ada.userId)
  expect(await namesOf(ada)).toEqual(['first'])
  expect(memory.get(ada.userId)).toBe(remembered)
  await copySkill(ada, 'second')
  await database.db.user.update({ where: { id: ada.userId }, data: { revision: { increment: 1 } } })
  expect(await namesOf(ada)).toEqual(['first', 'second'])
  expect(memory.get(ada.userId)).not.toBe(remembered)
})

test('L9: after a restore, a state of the same revision but another history is not taken for the remembered one', async () => {
  const ada = await someoneStored()
  await read(ada)
  const { userId: id, issuer, subject, organization } = ada
  await database.db.user.delete({ where: { id } })
  const facts = { issuer, subject, organization: organization.id, revision: 1, createdAt: new Date() }
  await database.db.user.create({ data: { id, ...facts } })
  await copySkill(ada, 'restored')
  expect(await namesOf(ada)).toEqual(['restored'])
})

test('a token with an impossible date fails no one else’s read', async () => {
  const [ada, erased] = [await someoneStored(), await someoneStored()]
  await database.db.user.update({ where: { id: erased.userId }, data: { erasedAt: new Date() } })
  const dates = [new Date(-8.64e15), new Date(8.64e15), new Date(Number.NaN)]
  const reads = [read(ada), ...dates.map((issuedAt) => read({ ...erased, issuedAt }))]
  const results = await Promise.allSettled(reads)
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
})

test('whether a token is still accepted is asked each time, also if the state is remembered', async () => {
  const ada = await someoneStored()
  await read(ada)
  await database.db.user.update({ where: { id: ada.userId }, data: { erasedAt: new Date(Date.now() + 1_000) } })
  const [refused, admitted] = await Promise.allSettled([
    read(ada),
    read({ ...ada, issuedAt: new Date(Date.now() + 60_000) }),
  ])
  expect(refused).toMatchObject({ status: 'rejected', reason: expect.any(NotAdmittedError) })
  expect(admitted.status).toBe('fulfilled')
})
