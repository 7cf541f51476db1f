import { deepStrictEqual } from 'node:assert'
import { numbers, PLUGINS, seededRandom, USERS } from '../fixture/fixture.js'
import type { HttpResult } from '../load/tasks.js'
import { startGenerator } from '../rig/generator.js'
import { cpuMsOf } from '../rig/process-stats.js'
import type { RunningServer } from '../rig/server.js'
import { askScreen, type Entrant } from './entrant.js'
import type { Measuring, Workload } from './workload.js'

const CONNECTIONS = 64
const CHECKED: [userId: number, pluginId: number][] = [
  [1, 1],
  [77, 13],
  [4_242, 7],
  [9_999, 50],
]
const COUNTED = 50
/** How many different requests the load repeats. */
const REQUESTS = 4_000

/** The setup screen over HTTP, for people and plugins at random. */
export const screen: Workload = async (measuring) => {
  const { entrant, services, results, round } = measuring
  const server = await entrant.start()
  try {
    if (round === 0) {
      await checkAnswers(entrant, server)
      results.add(entrant.contestant.name, 'setup screen, statements', await countStatements(measuring, server))
    }
    await loadScreens(measuring, server, measuring.options.warmSeconds)
    const pids = { server: server.pid, postgres: services.postgresPid }
    const before = { server: cpuMsOf(pids.server), postgres: cpuMsOf(pids.postgres) }
    const load = await loadScreens(measuring, server, measuring.options.seconds)
    const { name } = entrant.contestant
    results.add(name, 'setup screen, requests/s', load.perSecond)
    results.add(name, 'setup screen, p50 ms', load.p50Ms)
    results.add(name, 'setup screen, p99 ms', load.p99Ms)
    results.add(name, 'setup screen, CPU ms per request', (cpuMsOf(pids.server) - before.server) / load.requests)
    const postgresMs = cpuMsOf(pids.postgres) - before.postgres
    results.add(name, 'setup screen, PostgreSQL CPU ms per request', postgresMs / load.requests)
  } finally {
    await server.stop()
  }
}

/** Every contestant must say the same of the same data, field by field, and nothing to a stranger. */
async function checkAnswers({ contestant, place }: Entrant, { url }: RunningServer): Promise<void> {
  for (const [userId, pluginId] of CHECKED) {
    const expected = contestant.expectedScreen(userId, pluginId)
    const message = `${contestant.name} answers wrong for user ${userId} and plugin ${pluginId}`
    const answer = await askScreen({ contestant, place }, url, userId, pluginId)
    if (expected) deepStrictEqual({ message, ...answer }, { message, ...expected })
  }
  const stranger = { ...place, jwtSecret: 'not the secret' }
  const told = await askScreen({ contestant, place: stranger }, url, 1, 1).catch(() => null)
  if (told?.setupStatus) throw new Error(`${contestant.name} answers a stranger`)
}

async function countStatements({ entrant, services }: Measuring, { url }: RunningServer): Promise<number> {
  const { databaseUrl } = entrant.place
  const before = await services.statements(databaseUrl)
  for (const index of numbers(COUNTED)) await askScreen(entrant, url, index * 7, 1 + (index % PLUGINS))
  return ((await services.statements(databaseUrl)) - before) / COUNTED
}

/** @param users people that the load asks for, counted from 1 */
export async function loadScreens(
  { entrant: { contestant, place }, round }: Measuring,
  { url }: RunningServer,
  seconds: number,
  users = USERS,
): Promise<HttpResult> {
  const random = seededRandom(1_000 * (round + 1) + seconds)
  const oneOf = (count: number) => 1 + Math.floor(random() * count)
  const requests = numbers(REQUESTS).map(() => contestant.screen(place, oneOf(users), oneOf(PLUGINS)))
  const generator = startGenerator()
  try {
    return await generator.perform({ kind: 'http', url, requests, connections: CONNECTIONS, seconds })
  } finally {
    generator.stop()
  }
}
