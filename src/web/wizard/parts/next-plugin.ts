import type { Remedy, SetupStatus } from '../../../generated/documents/graphql.js'

interface Plugin {
  setup?: { status: SetupStatus; nextStep?: { remedy?: Remedy | null } | null } | null
}

/**
 * Returns the plugin that the person should go on with: one whose setup they can repair, or else one to continue. None if
 * only an operator can help.
 */
export function nextPlugin<P extends Plugin>(plugins: readonly P[]): P | undefined {
  const unfinished = plugins.filter(({ setup }) => setup && setup.status !== 'READY')
  const needing = (...remedies: readonly Remedy[]) =>
    unfinished.find(({ setup }) => setup?.nextStep?.remedy && remedies.includes(setup.nextStep.remedy))
  return needing('REAUTHORIZE', 'GRANT_SCOPES') ?? needing('CONNECT', 'WAIT')
}
