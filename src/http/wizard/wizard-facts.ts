import type { Config } from '../../config/environment.js'
import type { Brand } from '../brand/brand.js'
import { PEOPLE } from '../development/development-issuer.js'
import { DEVELOPMENT_TOKEN_PATH } from '../development/development-routes.js'
import { GRAPHQL_PATH } from '../server/routes.js'
import { SIGN_IN_PATH, SIGN_OUT_PATH } from '../staging/staging-paths.js'
import { brandFacts, type WizardFacts } from './wizard-page.js'

/** Returns whether there are people that you can sign in as, without a host. */
function hasPeople({ development, staging }: Pick<Config, 'development' | 'staging'>): boolean {
  return development || staging?.password !== undefined
}

/** Returns whether this installation serves the wizard if it's built. */
export function servesWizard(config: Pick<Config, 'development' | 'staging' | 'wizard'>): boolean {
  return config.wizard !== undefined || hasPeople(config)
}

/**
 * Returns what this installation's wizard is told: where to get the user's token. In development, by default, and in
 * staging with a password, that is Patchbay's own issuer, with the people you can sign in as.
 * @returns undefined if no wizard is served
 */
export function wizardFacts(
  config: Pick<Config, 'development' | 'staging' | 'wizard' | 'language'>,
  sandboxUrl: string | null,
  brand: Brand,
): WizardFacts | undefined {
  const { staging, wizard } = config
  const language = config.language ?? null
  const explorerUrl = hasPeople(config) ? GRAPHQL_PATH : null
  const common = { language, sandboxUrl, explorerUrl, isStaging: staging !== undefined, brand: brandFacts(brand) }
  if (wizard) return { ...wizard, ...common, people: null, signOutUrl: null }
  if (!hasPeople(config)) return undefined
  const people = Object.entries(PEOPLE).map(([id, { name, organization }]) => ({
    id,
    name,
    organization: organization.name,
  }))
  const entrance = staging
    ? { signInUrl: SIGN_IN_PATH, signOutUrl: SIGN_OUT_PATH }
    : { signInUrl: null, signOutUrl: null }
  return { tokenUrl: DEVELOPMENT_TOKEN_PATH, ...entrance, ...common, people }
}
