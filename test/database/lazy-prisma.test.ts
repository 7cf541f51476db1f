import { expect, test, vi } from 'vitest'
import { lazyPrisma } from '../../src/database/lazy-prisma.js'
import type { PrismaClient } from '../../src/generated/prisma/client.js'

class FakeClient {
  readonly #name = 'fake'
  readonly user = { count: async (where: object) => [this.#name, where], findMany: async () => [] }
  $disconnect = vi.fn(async () => {})
  async $transaction(work: (tx: FakeClient) => Promise<unknown>) {
    return work(this)
  }
  async $queryRaw(strings: TemplateStringsArray, ...values: unknown[]) {
    return [this.#name, strings.raw, values]
  }
}

function scene() {
  const client = new FakeClient()
  const create = vi.fn(async () => client as unknown as PrismaClient)
  return { client, create, ...lazyPrisma(create) }
}

test('creates the client with the first call, once for calls at the same time', async () => {
  const { db, create } = scene()
  const { user } = db
  expect(create).not.toHaveBeenCalled()
  await Promise.all([user.count({}), db.user.findMany(), db.$queryRaw`SELECT 1`])
  expect(create).toHaveBeenCalledTimes(1)
})

test('a call gets what the client returns, before it exists and afterward', async () => {
  const { db } = scene()
  const { user } = db
  for (const _call of ['first', 'second']) {
    expect(await user.count({ where: { id: 'a' } })).toEqual(['fake', { where: { id: 'a' } }])
    expect(await db.user.count({ where: { id: 'b' } })).toEqual(['fake', { where: { id: 'b' } }])
    expect(await db.$queryRaw`SELECT ${1}::int`).toEqual(['fake', ['SELECT ', '::int'], [1]])
    expect(await db.$transaction(async (tx) => tx.user.count())).toEqual(['fake', undefined])
  }
})

test('is no promise, although it has every model', async () => {
  const { db, create } = scene()
  expect(await db).toBe(db)
  expect('user' in db).toBe(true)
  expect(JSON.stringify({ db })).toBe('{"db":{}}')
  expect(create).not.toHaveBeenCalled()
})

test('closing disconnects what was used, and creates nothing', async () => {
  const unused = scene()
  await unused.close()
  expect(unused.create).not.toHaveBeenCalled()
  const used = scene()
  await used.db.user.findMany()
  await used.close()
  expect(used.client.$disconnect).toHaveBeenCalledTimes(1)
})

test('a client that can’t be created rejects the call, and the next call tries again', async () => {
  const { create, db } = scene()
  create.mockRejectedValueOnce(new Error('no such file'))
  await expect(db.user.findMany()).rejects.toThrow('no such file')
  expect(await db.user.findMany()).toEqual([])
})

test('closing while the client can’t be created is not stopped by that', async () => {
  const { create, db, close } = scene()
  create.mockRejectedValueOnce(new Error('no such file'))
  const call = db.user.findMany()
  await close()
  await expect(call).rejects.toThrow('no such file')
})
