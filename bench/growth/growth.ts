import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Outcome } from '../compare.js'
import { type Options, PARTS } from '../options.js'
import { plotSvg } from '../report/plot.js'
import { Results } from '../report/results.js'
import type { Services } from '../rig/services.js'
import { connections, plugins } from './catalogues.js'
import { instances, subscribers } from './crowds.js'
import { plotsOf } from './plots.js'

const FOLDER = fileURLToPath(new URL('../../docs/images/performance/', import.meta.url))
const MEASURE = { subscribers, connections, plugins, instances }

/** Measures how Patchbay grows, and draws docs/images/performance/*.svg. */
export async function growth(options: Options, services: Services): Promise<Outcome> {
  const results = new Results(['patchbay'])
  const failures: string[] = []
  await mkdir(FOLDER, { recursive: true })
  for (const part of PARTS.filter((name) => options.parts.includes(name))) {
    try {
      for (let round = 0; round < options.rounds; round++) {
        console.error(`round ${round + 1} of ${options.rounds}: ${part}`)
        await MEASURE[part]({ options, services, results, round })
      }
      for (const [name, plot] of Object.entries(plotsOf(part, results))) {
        await writeFile(`${FOLDER}${name}.svg`, plotSvg(plot))
      }
    } catch (error) {
      failures.push(`${part}: ${error instanceof Error ? error.message : error}`)
    }
  }
  return { results, failures }
}
