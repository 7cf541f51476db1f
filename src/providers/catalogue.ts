import { ProviderSchema, type Providers } from '../domain/catalogue/provider.js'
import { github } from './github.js'
import { google } from './google.js'
import { microsoft } from './microsoft.js'
import { slack } from './slack.js'

/**
 * The providers that Patchbay knows. To add one, write its file next to these, with the sources of its facts, and list
 * it here.
 */
export const providerCatalogue: Providers = new Map(
  Object.entries({ github, google, microsoft, slack }).map(([slug, { name, ...provider }]) => [
    slug,
    { name, ...ProviderSchema.parse(provider) },
  ]),
)
