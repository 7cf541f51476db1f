import type { Remedy } from '../../../generated/documents/graphql.js'
import { type SetupToName, wordFor } from './steps-in-trouble.js'

interface Plugin {
  setup?: (SetupToName & { nextStep?: { remedy?: Remedy | null } | null }) | null
}

/**
 * Returns the plugin that the person should go on with. None if only an operator can help.
 *
 * 1. One whose setup they can repair because something is wrong.
 * 2. One that only has to ask them for more permissions.
 * 3. One to continue.
 */
export function nextPlugin<P extends Plugin>(plugins: readonly P[]): P | undefined {
  const unfinished = plugins.filter(({ setup }) => setup && setup.status !== 'READY')
  const needing = (...remedies: readonly Remedy[]) =>
    unfinished.filter(({ setup }) => setup?.nextStep?.remedy && remedies.includes(setup.nextStep.remedy))
  const toRepair = needing('REAUTHORIZE', 'GRANT_SCOPES')
  const inTrouble = toRepair.find(({ setup }) => setup && wordFor(setup) === 'NEEDS_ATTENTION')
  return inTrouble ?? toRepair[0] ?? needing('CONNECT', 'WAIT')[0]
}
