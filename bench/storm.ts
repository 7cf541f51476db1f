import { setTimeout as pause } from 'node:timers/promises'
import { contestantNamed } from './adapters/all.js'
import { revisionOf } from './adapters/patchbay.js'
import { patchbayUserId } from './adapters/patchbay-facts.js'
import type { Outcome } from './compare.js'
import { numbers } from './fixture/fixture.js'
import type { Options } from './options.js'
import { Results } from './report/results.js'
import { percentile } from './report/statistics.js'
import { type Generator, startGenerator } from './rig/generator.js'
import { cpuMsOf } from './rig/process-stats.js'
import type { RunningServer } from './rig/server.js'
import type { Services } from './rig/services.js'
import { type Entrant, enter } from './workloads/entrant.js'
import { openAll, peopleAt } from './workloads/subscriptions.js'

/** About as many as a listening socket queues. */
const AT_A_TIME = 512
/** What a server without work takes in a second, at most. */
const QUIET_CPU_MS = 50
const MOST_QUIET_SECONDS = 10

/**
 * Cuts all subscribers in the same moment. They come back right away, 512 at a time, and pass the revision they have:
 * once when nothing has changed meanwhile, and once when each user's state has.
 */
export async function storm(options: Options, services: Services): Promise<Outcome> {
  const results = new Results(['patchbay'])
  const failures: string[] = []
  const entrant = await enter(contestantNamed('patchbay'), services)
  for (let round = 0; round < options.rounds; round++) {
    for (const count of options.subscribers) {
      console.error(`round ${round + 1} of ${options.rounds}: ${count} subscribers`)
      await oneStorm(entrant, services, results, count).catch((error: unknown) => failures.push(String(error)))
    }
  }
  await entrant.close()
  return { results, failures }
}

async function oneStorm(entrant: Entrant, services: Services, results: Results, count: number): Promise<void> {
  const server = await entrant.start()
  const generator = startGenerator()
  try {
    await openAll(generator, entrant, peopleAt(entrant, numbers(count), [server.port]))
    for (const moved of [false, true]) {
      const states = await generator.perform({ kind: 'states' })
      const since = new Map(states.map(([userId, state]) => [userId, revisionOf(state)]))
      await generator.perform({ kind: 'cut' })
      if (moved) await moveAll(entrant, count)
      await measureReturn({ entrant, services, results, generator, server, since, moved })
      // Those who were not sent anything open again, so that the next storm knows their revision.
      await generator.perform({ kind: 'cut' })
      if (!moved) await openAll(generator, entrant, peopleAt(entrant, numbers(count), [server.port]))
    }
  } finally {
    generator.stop()
    await server.stop()
  }
}

async function moveAll({ place }: Entrant, count: number): Promise<void> {
  await place.pool.query('UPDATE "User" SET revision = revision + 1 WHERE id = ANY($1::uuid[])', [
    numbers(count).map(patchbayUserId),
  ])
}

interface Return {
  entrant: Entrant
  services: Services
  results: Results
  generator: Generator
  server: RunningServer
  /** The revision that each user has. */
  since: Map<number, number>
  moved: boolean
}

async function measureReturn(given: Return): Promise<void> {
  const { entrant, services, results, generator, server, since, moved } = given
  const { contestant, place } = entrant
  const people = [...since].map(([userId, revision]) => ({
    userId,
    port: server.port,
    watching: contestant.watch(place, userId, revision),
  }))
  const statements = () => services.statements(place.databaseUrl)
  const cpuMs = () => cpuMsOf(server.pid)
  const before = { statements: await statements(), cpuMs: cpuMs() }
  const { afterMs } = await generator.perform({
    kind: 'open',
    contestant: contestant.name,
    people,
    expectState: moved,
    atATime: AT_A_TIME,
  })
  await untilQuiet(cpuMs)
  if (moved) await checkMoved(generator, since)
  const title = `${people.length.toLocaleString('en-US')} return, ${moved ? 'each with a change' : 'nothing has changed'}`
  const add = (metric: string, value: number) => results.add(contestant.name, `${title}: ${metric}`, value)
  add(moved ? 'the last is right after, s' : 'the last has subscribed after, s', percentile(afterMs, 1) / 1_000)
  add(moved ? 'half are right after, s' : 'half have subscribed after, s', percentile(afterMs, 0.5) / 1_000)
  add('statements each', ((await statements()) - before.statements) / people.length)
  add('CPU ms each', (cpuMs() - before.cpuMs) / people.length)
}

/** The server reads on for a moment after everyone has subscribed. */
async function untilQuiet(cpuMs: () => number): Promise<void> {
  for (let waited = 0; waited < MOST_QUIET_SECONDS; waited++) {
    const before = cpuMs()
    await pause(1_000)
    if (cpuMs() - before <= QUIET_CPU_MS) return
  }
}

async function checkMoved(generator: Generator, since: Map<number, number>): Promise<void> {
  const states = await generator.perform({ kind: 'states' })
  const old = states.filter(([userId, state]) => revisionOf(state) <= (since.get(userId) ?? 0))
  if (states.length !== since.size || old.length > 0) {
    throw new Error(`${states.length} of ${since.size} subscribers are back, ${old.length} of them with an old state`)
  }
}
