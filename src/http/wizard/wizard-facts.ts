import type { Config } from '../../config/environment.js'
import { PEOPLE } from '../development/development-issuer.js'
import { DEVELOPMENT_TOKEN_PATH } from '../development/development-routes.js'
import { GRAPHQL_PATH } from '../server/routes.js'
import type { WizardFacts } from './wizard-page.js'

/**
 * Returns what this installation's wizard is told: where to get the user's token. In development, by default, that is
 * Patchbay's own issuer, with the people you can sign in as.
 * @returns undefined if no wizard is served
 */
export function wizardFacts(
  { development, wizard, language: chosen }: Pick<Config, 'development' | 'wizard' | 'language'>,
  sandboxUrl: string | null,
): WizardFacts | undefined {
  const language = chosen ?? null
  const explorerUrl = development ? GRAPHQL_PATH : null
  if (wizard) return { ...wizard, language, people: null, sandboxUrl, explorerUrl }
  if (!development) return undefined
  const people = Object.entries(PEOPLE).map(([id, { name, organization }]) => ({
    id,
    name,
    organization: organization.name,
  }))
  return { tokenUrl: DEVELOPMENT_TOKEN_PATH, signInUrl: null, language, people, sandboxUrl, explorerUrl }
}
