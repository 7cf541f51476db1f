import type { PrismaClient } from '../generated/prisma/client.js'

type Call = (...args: unknown[]) => Promise<unknown>
type Calls = Record<string, Call>

export interface LazyPrisma {
  db: PrismaClient
  /** Disconnects, if it was ever used. */
  close(): Promise<void>
}

/**
 * A client that is created with its first call, because Prisma is a seventh of what a start would load, and a start
 * needs none of it.
 *
 * Until then, a call returns a plain promise, so it begins immediately, and doesn't fit into a list for `$transaction`.
 */
export function lazyPrisma(create: () => Promise<PrismaClient>): LazyPrisma {
  let creating: Promise<PrismaClient> | undefined
  let created: PrismaClient | undefined
  const client = async (): Promise<PrismaClient> => {
    creating ??= create().catch((error: unknown) => {
      creating = undefined
      throw error
    })
    created = await creating
    return created
  }
  /** @param part undefined for the client's own methods, which begin with $ */
  const callOf = (part: string | undefined, method: string): Call => {
    const on = (present: PrismaClient) => (part === undefined ? present : Reflect.get(present, part)) as Calls
    const called = (calls: Calls, args: unknown[]) => calls[method]?.(...args) as Promise<unknown>
    return (...args) => (created ? called(on(created), args) : client().then((present) => called(on(present), args)))
  }
  const models = new Map<string, object>()
  const modelOf = (name: string): object => {
    const known = models.get(name)
    if (known) return known
    const model = new Proxy({}, { get: (_, method) => (isName(method) ? callOf(name, method) : undefined) })
    models.set(name, model)
    return model
  }
  const db = new Proxy({} as PrismaClient, {
    has: (_, name) => isName(name),
    get(_, name) {
      if (!isName(name)) return undefined
      if (name.startsWith('$')) return callOf(undefined, name)
      return created ? Reflect.get(created, name) : modelOf(name)
    },
  })
  return {
    db,
    // If it can't be created, its caller hears so, and there is nothing to disconnect.
    close: async () =>
      void (await creating?.then(
        (present) => present.$disconnect(),
        () => undefined,
      )),
  }
}

/** Whatever is awaited or printed is asked for the others. */
function isName(name: string | symbol): name is string {
  return typeof name === 'string' && name !== 'then' && name !== 'toJSON'
}
