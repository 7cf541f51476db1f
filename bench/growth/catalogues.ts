import { Results } from '../report/results.js'
import { cpuMsOf } from '../rig/process-stats.js'
import { loadScreens } from '../workloads/screen.js'
import { start } from '../workloads/start.js'
import type { Measuring } from '../workloads/workload.js'
import { type Growing, withSize } from './sized-patchbay.js'
import { CONNECTIONS, PLUGINS } from './sizes.js'

const USERS = 500

/** Setup screens of users with few and many connections. */
export async function connections(given: Growing): Promise<void> {
  for (const count of CONNECTIONS) {
    await withSize(given, { users: USERS, connectionsPerUser: count }, (measuring) =>
      measureScreens(measuring, `${count} connections`),
    )
  }
}

/** Starts and setup screens with small and large catalogues. */
export async function plugins(given: Growing): Promise<void> {
  for (const count of PLUGINS) {
    await withSize(given, { users: USERS, plugins: count }, async (measuring) => {
      const started = new Results(['patchbay'])
      await start({ ...measuring, results: started })
      for (const metric of ['cold start, ms', 'idle memory, MiB']) {
        measuring.results.add('patchbay', `${count} plugins: ${metric}`, started.medianOf('patchbay', metric))
      }
      await measureScreens(measuring, `${count} plugins`)
    })
  }
}

async function measureScreens(measuring: Measuring, title: string): Promise<void> {
  const { entrant, services, options, results } = measuring
  const server = await entrant.start()
  try {
    await loadScreens(measuring, server, options.warmSeconds, USERS)
    const before = { cpuMs: cpuMsOf(server.pid), postgresMs: cpuMsOf(services.postgresPid) }
    const { requests, perSecond } = await loadScreens(measuring, server, options.seconds, USERS)
    const postgresMs = cpuMsOf(services.postgresPid) - before.postgresMs
    results.add('patchbay', `${title}: requests/s`, perSecond)
    results.add('patchbay', `${title}: CPU ms per request`, (cpuMsOf(server.pid) - before.cpuMs) / requests)
    results.add('patchbay', `${title}: PostgreSQL CPU ms per request`, postgresMs / requests)
  } finally {
    await server.stop()
  }
}
