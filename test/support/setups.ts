import { type SetupScreenSetupFragment, StartSetupDocument } from '../../src/generated/documents/graphql.js'
import type { Patchbay, PersonName } from './patchbay.js'
import { pluginId } from './patchbay.js'

const SCREEN = `query ($id: ID!) { node(id: $id) { ... on PluginSetup {
  id revision status readyAt startedAt
  plugin { slug version }
  progress { required connected done needsAttention optionalDone }
  nextStep { id connector { slug } }
  steps {
    id position status remedy recognized missingScopes
    requirement { scopes optional reason }
    connector { slug }
    connection { id status account { id label } }
    authorization { id status failure { code message hint retryable } }
  }
  skills { id name ready pluginVersion instructions waitingFor { slug } }
} } }`

export interface ScreenStep {
  id: string
  position: number
  status: string
  remedy: string | null
  recognized: boolean
  missingScopes: string[]
  requirement: { scopes: string[]; optional: boolean; reason: string }
  connector: { slug: string }
  connection: { id: string; status: string; account: { id: string; label: string } | null } | null
  authorization: { id: string; status: string; failure: { code: string; hint: string } | null } | null
}

export interface ScreenSetup {
  id: string
  revision: number
  status: string
  readyAt: string | null
  startedAt: string
  plugin: { slug: string; version: string }
  progress: { required: number; connected: number; done: number; needsAttention: number; optionalDone: number }
  nextStep: { connector: { slug: string } } | null
  steps: ScreenStep[]
  skills: {
    id: string
    name: string
    ready: boolean
    pluginVersion: string
    instructions: string
    waitingFor: { slug: string }[]
  }[]
}

/** Starts a setup through the committed document, and returns its id. */
export async function startSetup(
  patchbay: Patchbay,
  person: PersonName,
  plugin: string,
): Promise<SetupScreenSetupFragment> {
  const { data, errors } = await patchbay.execute<{ startSetup: SetupScreenSetupFragment & { message?: string } }>(
    person,
    StartSetupDocument.toString(),
    { input: { pluginId: pluginId(plugin) } },
  )
  if (errors || data.startSetup.message) throw new Error(JSON.stringify(errors ?? data))
  return data.startSetup
}

/** Returns what the person's page of this setup shows now. */
export async function screenOf(patchbay: Patchbay, person: PersonName, id: string): Promise<ScreenSetup> {
  const { data, errors } = await patchbay.execute<{ node: ScreenSetup | null }>(person, SCREEN, { id })
  if (errors || !data.node) throw new Error(JSON.stringify(errors ?? 'no such setup'))
  return data.node
}
