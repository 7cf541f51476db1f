import { contestantNamed } from './adapters/all.js'
import type { Options } from './options.js'
import { Results } from './report/results.js'
import type { Services } from './rig/services.js'
import { type Entrant, enter } from './workloads/entrant.js'
import { screen } from './workloads/screen.js'
import { start } from './workloads/start.js'
import { subscriptions } from './workloads/subscriptions.js'
import { tokens } from './workloads/tokens.js'
import type { Workload } from './workloads/workload.js'

const RUN: Record<Options['workloads'][number], Workload> = { start, screen, subscriptions, tokens }

export interface Outcome {
  results: Results
  failures: string[]
}

/**
 * Measures every contestant with every workload. Each round visits all of them, in another order, and each visit starts
 * a fresh process, so that what else the machine does affects them alike.
 */
export async function compare(options: Options, services: Services): Promise<Outcome> {
  const results = new Results(options.contestants)
  const failures: string[] = []
  const entrants: Entrant[] = []
  for (const name of options.contestants) {
    console.error(`preparing ${name}`)
    entrants.push(await enter(contestantNamed(name), services))
  }
  for (let round = 0; round < options.rounds; round++) {
    const first = round % entrants.length
    for (const workload of options.workloads) {
      for (const entrant of [...entrants.slice(first), ...entrants.slice(0, first)]) {
        const { name } = entrant.contestant
        console.error(`round ${round + 1} of ${options.rounds}: ${workload}, ${name}`)
        await RUN[workload]({ entrant, services, options, results, round }).catch((error: unknown) => {
          failures.push(`${workload}, ${name}: ${error instanceof Error ? error.message : error}`)
        })
      }
    }
  }
  for (const { close } of entrants) await close()
  return { results, failures }
}
