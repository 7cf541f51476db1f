import type { Options } from '../options.js'
import type { Results } from '../report/results.js'
import type { Services } from '../rig/services.js'
import type { Entrant } from './entrant.js'

/** What a workload measures with. It starts and stops its own server. */
export interface Measuring {
  entrant: Entrant
  services: Services
  options: Options
  results: Results
  /** Counted from 0. */
  round: number
}

export type Workload = (measuring: Measuring) => Promise<void>
