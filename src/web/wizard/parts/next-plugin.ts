import { type SetupToName, type SetupWord, stepsToDo, wordFor } from './steps-in-trouble.js'

interface Plugin {
  setup?: SetupToName | null
}

/**
 * Returns the plugin that the person should go on with. None if only an administrator can help.
 *
 * 1. One whose setup they can repair because something is wrong.
 * 2. One that only has to ask them for more permissions.
 * 3. One to continue.
 * 4. One that works, with an optional app to repair.
 */
export function nextPlugin<P extends Plugin>(plugins: readonly P[]): P | undefined {
  const open = plugins.filter(({ setup }) => setup && stepsToDo(setup).length > 0)
  const called = (word: SetupWord) => open.find(({ setup }) => setup && wordFor(setup) === word)
  const toContinue = open.find(({ setup }) => setup && wordFor(setup) !== 'READY')
  return called('NEEDS_ATTENTION') ?? called('NEEDS_PERMISSIONS') ?? toContinue ?? open[0]
}

/** Returns the plugins with those that the person has started to set up first. Otherwise, the order is the catalogue's. */
export function startedFirst<P extends Plugin>(plugins: readonly P[]): P[] {
  return plugins.toSorted((one, other) => Number(!one.setup) - Number(!other.setup))
}

interface Suggested {
  requirements: readonly { optional: boolean; connector: { available: boolean } }[]
}

/** Returns the plugin to suggest to a person who has none: the first with apps that they can connect, if there is one. */
export function firstPlugin<P extends Suggested>(plugins: readonly P[]): P | undefined {
  const canBeSetUp = ({ requirements }: P) =>
    requirements.every(({ optional, connector }) => optional || connector.available)
  const withApps = plugins.filter(({ requirements }) => requirements.length > 0)
  return withApps.find(canBeSetUp) ?? plugins.find(canBeSetUp) ?? plugins[0]
}
