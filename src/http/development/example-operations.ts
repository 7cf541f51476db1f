import { DEFAULT_MINUTES } from '../../domain/access/setup-session/create-setup-session.js'
import { inWords } from '../../domain/formats.js'
import { AUTHORIZATION_LIFETIME_MS } from '../../domain/view/authorization-status.js'

export interface ExampleSubjects {
  name: string
  /** Addresses at which GraphiQL is signed in as another person. */
  others: readonly string[]
  /** Global ids. */
  plugin: string
  setup: string
  connectors: readonly { alias: string; id: string }[]
}

/**
 * The operations that GraphiQL opens with, in the order in which they tell the story. Watching comes after authorizing,
 * because GraphiQL ends a subscription when its tab is left. Lines are as long as the editor is wide at 1280 pixels.
 */
export function exampleTabs({ name, others, plugin, setup, connectors }: ExampleSubjects): string[] {
  return [
    `# Welcome. You are signed in as ${name}.
# Run this with the ▶ button (Ctrl-Enter), then go
# on with the next tab. Five tabs tell the story.
#
# 1. What can be set up, and which apps it needs.
query BrowsePlugins {
  plugins(first: 10) {
    edges {
      node {
        id
        name
        summary
        requirements {
          connector { name available }
          scopes
          reason
          optional
        }
      }
    }
  }
}

# To be somebody else, open (Ctrl-click) one of
${others.map((address) => `# ${address}`).join('\n')}
`,
    `# 2. Start a setup. Its skills are yours at once;
# each says which apps it waits for.
mutation StartSetup {
  startSetup(
    input: {
      pluginId: "${plugin}"
    }
  ) {
    __typename
    ... on PluginSetup {
      id
      status
      nextStep { connector { name } remedy }
      skills { name ready waitingFor { name } }
    }
    ... on Error { message }
  }
}
`,
    `# 3. Ask to connect the apps. Each answers a url
# that opens its consent screen: in this browser,
# for ${inWords(AUTHORIZATION_LIFETIME_MS)}. Do not open them here: the next
# tab has them too, and shows what they do.
mutation Authorize {
${connectors
  .map(
    ({ alias, id }) => `  ${alias}: authorizeConnector(
    input: {
      connectorId: "${id}"
      setupId: "${setup}"
    }
  ) { ...Attempt }
`,
  )
  .join('')}}

fragment Attempt on AuthorizeConnectorResult {
  __typename
  ... on Authorization { url status expiresAt }
  ... on Error { message }
}
`,
    `# 4. Watch it live. Press ▶ and stay in this tab.
# In the result, Ctrl-click (⌘-click) the first
# url, choose an account, allow, and look here
# again: the step is LIVE. Do the same with the
# other two urls, and the setup is READY.
subscription WatchSetup {
  setupProgress(
    setupId: "${setup}"
  ) {
    status
    progress { done required }
    steps {
      connector { name }
      status
      authorization {
        status
        url
        failure { message hint }
      }
      connection { account { label } }
    }
    revision
  }
}
`,
    `# 5. You, all that you have connected, and what
# happened. Nobody else sees any of it.
query Me {
  viewer {
    name
    organization { name }
    connections {
      connector { name }
      status
      account { label }
      grantedScopes
      setups { plugin { name } }
    }
    skills {
      edges { node { name ready } }
    }
    activity(first: 5) {
      edges {
        node {
          at
          kind
          connectorSlug
          accountLabel
        }
      }
    }
  }
}
`,
  ]
}

interface BackEndSubjects {
  /** Whom the back end speaks of. */
  subject: string
  organization: string
  /** Global id. */
  plugin: string
}

/** What GraphiQL opens with for whoever calls with an API key. */
export function backEndTabs({ subject, organization, plugin }: BackEndSubjects): string[] {
  return [
    `# You are a host's back end: GraphiQL calls with
# an API key that has every scope (see Headers).
# It sees what there is, and nobody's setups. Each
# field's description says which scope it needs.
query WhatThereIs {
  plugins(first: 10) {
    edges { node { id name version } }
  }
  connectors(first: 10) {
    edges { node { id name available } }
  }
}
`,
    `# A token for a page of yours: for one user, one
# setup, a few minutes. Give it to the page, which
# sends it as Authorization: Bearer pbs_…
mutation CreateSetupSession {
  createSetupSession(
    input: {
      user: {
        subject: "${subject}"
        organization: "${organization}"
      }
      pluginId: "${plugin}"
      minutes: ${DEFAULT_MINUTES}
    }
  ) {
    __typename
    ... on SetupSession {
      token
      expiresAt
      setup { id status }
    }
    ... on Error { message }
  }
}
`,
    `# A user has left: everything of theirs is erased,
# their connections are revoked at the apps, their
# open screens end. Their next token starts anew.
mutation DeleteUser {
  deleteUser(
    input: {
      user: {
        subject: "${subject}"
        organization: "${organization}"
      }
    }
  ) {
    __typename
    ... on DeletedUser { erasedAt connections }
    ... on Error { message }
  }
}
`,
  ]
}
