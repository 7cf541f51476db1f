import { setTimeout as pause } from 'node:timers/promises'
import { numbers } from '../fixture/fixture.js'
import type { Person } from '../load/tasks.js'
import { type Generator, startGenerator } from '../rig/generator.js'
import { residentKib } from '../rig/process-stats.js'
import type { RunningServer } from '../rig/server.js'
import { callAll, measureCalls, openAll, peopleAt } from '../workloads/subscriptions.js'
import type { Measuring } from '../workloads/workload.js'
import { type Growing, withSize } from './sized-patchbay.js'
import { INSTANCES, RATE, SUBSCRIBERS } from './sizes.js'

/** Subscribers of all instances together. */
const WATCHING = 1_000
const SETTLING_MS = 3_000
const WARM_SECONDS = 3

/** One process gets more and more subscribers, each a different user. */
export async function subscribers(given: Growing): Promise<void> {
  const users = Math.max(...SUBSCRIBERS)
  await withSize(given, { users }, async (measuring) => {
    const { entrant, results } = measuring
    const server = await entrant.start()
    const generator = startGenerator()
    try {
      const people = peopleAt(entrant, numbers(users), [server.port], users)
      let opened = 0
      for (const count of SUBSCRIBERS) {
        const added = people.slice(opened, count)
        const { seconds } = await openAll(generator, entrant, added)
        opened = count
        await pause(SETTLING_MS)
        results.add('patchbay', `${count} subscribers: opened/s`, added.length / seconds)
        results.add('patchbay', `${count} subscribers: memory, MiB`, residentKib(server.pid) / 1_024)
        await measurePushes(measuring, [server], generator, added, `${count} subscribers`)
      }
    } finally {
      generator.stop()
      await server.stop()
    }
  })
}

/** Each callback arrives at another instance than the one that its user's subscriber is connected to. */
export async function instances(given: Growing): Promise<void> {
  await withSize(given, {}, async (measuring) => {
    for (const count of INSTANCES) {
      const servers: RunningServer[] = []
      const generator = startGenerator()
      try {
        while (servers.length < count) servers.push(await measuring.entrant.start())
        const ports = servers.map(({ port }) => port)
        const people = peopleAt(measuring.entrant, numbers(WATCHING), ports)
        await openAll(generator, measuring.entrant, people)
        const elsewhere = people.map((person) => ({
          ...person,
          port: ports[(ports.indexOf(person.port) + 1) % ports.length] ?? person.port,
        }))
        await measurePushes(measuring, servers, generator, elsewhere, `${count} instances`)
      } finally {
        generator.stop()
        await Promise.all(servers.map(({ stop }) => stop()))
      }
    }
  })
}

async function measurePushes(
  measuring: Measuring,
  servers: readonly RunningServer[],
  generator: Generator,
  people: readonly Person[],
  title: string,
): Promise<void> {
  const { entrant, options, round } = measuring
  await callAll(generator, entrant, people, { calls: RATE * WARM_SECONDS, perSecond: RATE, seed: round })
  const plan = { calls: RATE * options.pushSeconds, perSecond: RATE, seed: round + 1 }
  await measureCalls(measuring, servers, generator, people, plan, title)
}
