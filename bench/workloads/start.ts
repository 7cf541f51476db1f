import { setTimeout as pause } from 'node:timers/promises'
import { cpuMsOf, residentKib } from '../rig/process-stats.js'
import type { Workload } from './workload.js'

/** Long enough for what a server does once it is ready. */
const SETTLING_MS = 1_500

/** From the start of the process to the first right answer, and what it then takes while nobody asks. */
export const start: Workload = async ({ entrant, results }) => {
  const server = await entrant.start()
  try {
    await pause(SETTLING_MS)
    const { name } = entrant.contestant
    results.add(name, 'cold start, ms', server.startMs)
    results.add(name, 'cold start, CPU ms', cpuMsOf(server.pid))
    results.add(name, 'idle memory, MiB', residentKib(server.pid) / 1_024)
  } finally {
    await server.stop()
  }
}
