import { setTimeout as pause } from 'node:timers/promises'
import { numbers, pluginOf, REQUIREMENTS_PER_PLUGIN, seededRandom, USERS } from '../fixture/fixture.js'
import type { Call, Person } from '../load/tasks.js'
import { percentile } from '../report/statistics.js'
import { type Generator, startGenerator } from '../rig/generator.js'
import { cpuMsOf, residentKib } from '../rig/process-stats.js'
import type { RunningServer } from '../rig/server.js'
import type { Entrant } from './entrant.js'
import type { Measuring, Workload } from './workload.js'

const AT_A_TIME = 64
/** They and their callbacks warm the server, so that what the others take is theirs. */
const WARM_PEOPLE = 50
const WARM_CALLS = 150
const SETTLING_MS = 2_500

/** Opens subscribers, then sends callbacks at steady rates and waits for the message that each of them causes. */
export const subscriptions: Workload = async (measuring) => {
  for (const count of measuring.options.subscribers) await withSubscribers(measuring, count)
}

async function withSubscribers(measuring: Measuring, count: number): Promise<void> {
  const { entrant, results, round, options } = measuring
  const { name } = entrant.contestant
  const server = await entrant.start()
  const generator = startGenerator()
  try {
    const people = peopleAt(entrant, numbers(WARM_PEOPLE + count, 1 + round * 17), [server.port])
    const watching = people.splice(WARM_PEOPLE)
    await openAll(generator, entrant, people)
    await callAll(generator, entrant, people, { calls: WARM_CALLS, perSecond: 100, seed: round })
    await pause(SETTLING_MS)

    const before = { cpuMs: cpuMsOf(server.pid), kib: residentKib(server.pid) }
    const { seconds } = await openAll(generator, entrant, watching)
    const openedMs = cpuMsOf(server.pid) - before.cpuMs
    await pause(SETTLING_MS)
    const ofCount = `${count.toLocaleString('en-US')} subscribers`
    results.add(name, `${ofCount}, opened/s`, count / seconds)
    results.add(name, `${ofCount}, CPU ms to open one`, openedMs / count)
    results.add(name, `${ofCount}, KiB each`, (residentKib(server.pid) - before.kib) / count)
    for (const rate of options.rates) {
      const plan = { calls: rate * options.pushSeconds, perSecond: rate, seed: round + rate }
      await measureCalls(measuring, [server], generator, watching, plan, `${ofCount}, ${rate} callbacks/s`)
    }
  } finally {
    generator.stop()
    await server.stop()
  }
}

export interface Plan {
  calls: number
  perSecond: number
  seed: number
}

/** @throws if a callback or its message gets lost */
export async function measureCalls(
  { entrant, services, results }: Measuring,
  servers: readonly RunningServer[],
  generator: Generator,
  people: readonly Person[],
  plan: Plan,
  title: string,
): Promise<void> {
  const { name } = entrant.contestant
  const calls = await callsFor(entrant, people, plan)
  const pids = servers.map(({ pid }) => pid)
  const measure = async () => ({
    cpuMs: cpuMsOf(...pids),
    postgresMs: cpuMsOf(services.postgresPid),
    statements: await services.statements(entrant.place.databaseUrl),
  })
  const before = await measure()
  const load = await generator.perform({ kind: 'call', calls, perSecond: plan.perSecond })
  const after = await measure()
  results.add(name, `${title}: sustained/s`, load.perSecond)
  results.add(name, `${title}: lost`, load.lost)
  results.add(name, `${title}: push p50 ms`, percentile(load.pushMs, 0.5))
  results.add(name, `${title}: push p99 ms`, percentile(load.pushMs, 0.99))
  results.add(name, `${title}: CPU ms each`, (after.cpuMs - before.cpuMs) / calls.length)
  results.add(name, `${title}: PostgreSQL CPU ms each`, (after.postgresMs - before.postgresMs) / calls.length)
  results.add(name, `${title}: statements each`, (after.statements - before.statements) / calls.length)
  if (load.lost > 0) throw new Error(`${name} lost ${load.lost} of ${calls.length} callbacks (${title})`)
}

/** @param ports of the instances, among which they are spread */
export function peopleAt(
  { contestant, place }: Entrant,
  users: readonly number[],
  ports: readonly number[],
  usersInAll = USERS,
): Person[] {
  return users.map((user, index) => {
    const userId = 1 + ((user - 1) % usersInAll)
    return { userId, port: ports[index % ports.length] ?? 0, watching: contestant.watch(place, userId) }
  })
}

export function openAll(generator: Generator, { contestant }: Entrant, people: Person[]) {
  return generator.perform({
    kind: 'open',
    contestant: contestant.name,
    people,
    expectState: true,
    atATime: AT_A_TIME,
  })
}

export async function callAll(
  generator: Generator,
  entrant: Entrant,
  people: readonly Person[],
  plan: Plan,
): Promise<void> {
  const calls = await callsFor(entrant, people, plan)
  const load = await generator.perform({ kind: 'call', calls, perSecond: plan.perSecond })
  if (load.lost > 0) throw new Error(`${entrant.contestant.name} lost ${load.lost} of ${calls.length} callbacks`)
}

/** Callbacks of different people and steps: two of one step would supersede each other. */
async function callsFor(entrant: Entrant, people: readonly Person[], { calls, seed }: Plan): Promise<Call[]> {
  const random = seededRandom(seed)
  const needs = people.flatMap(({ userId, port }) =>
    numbers(REQUIREMENTS_PER_PLUGIN).map((position) => ({
      userId,
      port,
      pluginId: pluginOf(userId),
      position,
      order: random(),
    })),
  )
  const chosen = needs.sort((a, b) => a.order - b.order).slice(0, calls)
  const callbacks = await entrant.contestant.openAuthorizations(entrant.place, chosen)
  return callbacks.flatMap((callback, index) => {
    const need = chosen[index]
    return need ? { ...callback, userId: need.userId, port: need.port } : []
  })
}
