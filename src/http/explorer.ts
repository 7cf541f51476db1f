import type { GraphiQLOptions } from 'graphql-yoga'
import type { TokenConfig } from '../config/environment.js'
import { globalId } from '../domain/global-id.js'
import { setupIdOf, userIdOf } from '../domain/user/viewer.js'
import { DEVELOPMENT_ISSUER, PEOPLE, signDevelopmentToken } from './development-issuer.js'
import { exampleTabs } from './example-operations.js'

const EXAMPLE_PLUGIN = 'meeting-assistant'
const EXAMPLE_CONNECTOR = 'acme-mail'

/** GraphiQL, signed in as a development person (`?as=ben`), with examples that run as they are. */
export function createExplorer(secret: string, tokens: TokenConfig) {
  return async (request: Request): Promise<GraphiQLOptions> => {
    const asked = new URL(request.url).searchParams.get('as') ?? ''
    const slug = asked in PEOPLE ? asked : 'ada'
    const person = PEOPLE[slug]
    const organization = person?.organization.id ?? ''
    const userId = userIdOf({ issuer: DEVELOPMENT_ISSUER, subject: slug, organization })
    const token = await signDevelopmentToken(secret, slug, tokens)
    const ids = {
      plugin: globalId('Plugin', EXAMPLE_PLUGIN),
      connector: globalId('Connector', EXAMPLE_CONNECTOR),
      setup: globalId('PluginSetup', setupIdOf(userId, EXAMPLE_PLUGIN)),
    }
    return {
      title: `Patchbay — ${person?.name}`,
      subscriptionsProtocol: 'WS',
      credentials: 'same-origin',
      headers: JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2),
      defaultTabs: exampleTabs(person?.name ?? '', ids).map((query) => ({ query })),
    }
  }
}
