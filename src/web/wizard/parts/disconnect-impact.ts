interface Using {
  steps: readonly { requirement: { optional: boolean }; connection?: { id: string } | null }[]
  skills: readonly { name: string; ready: boolean }[]
  plugin: { skills: readonly { name: string; requirements: readonly { connector: { id: string } }[] }[] }
}

interface Impact {
  /** Whether the plugin asks for the app again. Otherwise it works without it. */
  isRequired: boolean
  /** The names of the skills that work now and stop. */
  stopping: string[]
}

/** Returns what changes for a setup if the connection that it uses is disconnected. */
export function impactOf(setup: Using, connection: { id: string; connector: { id: string } }): Impact {
  const uses = ({ requirements }: Using['plugin']['skills'][number]) =>
    requirements.some(({ connector }) => connector.id === connection.connector.id)
  const users = setup.plugin.skills.filter(uses).map(({ name }) => name)
  const working = setup.skills.filter(({ ready }) => ready).map(({ name }) => name)
  const used = setup.steps.filter((step) => step.connection?.id === connection.id)
  return {
    isRequired: used.some(({ requirement }) => !requirement.optional),
    stopping: users.filter((name) => working.includes(name)),
  }
}
