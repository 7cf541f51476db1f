/**
 * `npm run bench` compares Patchbay with a floor and with other servers. `-- growth` measures how it grows, and
 * `-- storm` what it takes when all subscribers come back at the same time. `-- --smoke` checks in a minute that
 * everything still runs and every answer is right.
 */
import { writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { buildContestants, buildPatchbay } from './adapters/build.js'
import { compare, type Outcome } from './compare.js'
import { growth } from './growth/growth.js'
import { type Options, parseOptions } from './options.js'
import { discardFolder, type Services, startServices } from './rig/services.js'
import { storm } from './storm.js'

const MODES: Record<Options['mode'], (options: Options, services: Services) => Promise<Outcome>> = {
  compare,
  growth,
  storm,
}

const load = () => loadavg().map((average) => Math.round(average * 10) / 10)

const options = parseOptions(process.argv.slice(2))
buildPatchbay()
await buildContestants(options.contestants)
const loadBefore = load()
const services = await startServices()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void services.stop().finally(() => process.exit(1)))
}
try {
  const { results, failures } = await MODES[options.mode](options, services)
  const machine = { node: process.version, cpus: cpus().length, loadBefore, loadAfter: load() }
  if (options.out) {
    const record = { at: new Date(), ...machine, options, failures, results }
    await writeFile(options.out, `${JSON.stringify(record, null, 1)}\n`)
  }
  console.log(`${results.toMarkdown()}\n`)
  console.log(`Medians of ${options.rounds} rounds. ${JSON.stringify(machine)}`)
  for (const failure of failures) console.error(`FAILED: ${failure}`)
  if (failures.length > 0) console.error(`The servers’ output is in ${services.folder}.`)
  else await discardFolder(services)
  process.exitCode = failures.length > 0 ? 1 : 0
} finally {
  await services.stop()
}
process.exit()
