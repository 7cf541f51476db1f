import { DEFAULT_MINUTES } from '../../domain/access/setup-session/create-setup-session.js'
import { inWords } from '../../domain/formats.js'
import { AUTHORIZATION_LIFETIME_MS } from '../../domain/view/authorization-limits.js'

export interface ExampleSubjects {
  name: string
  /** The addresses at which GraphiQL is signed in as someone else. */
  others: readonly string[]
  /** Global ids. */
  plugin: string
  setup: string
  connectors: readonly { alias: string; id: string }[]
}

/**
 * The operations that GraphiQL opens with, in the order of the story. Watching comes after authorizing, because
 * GraphiQL ends a subscription when you leave its tab. Lines fit the width of the editor at 1280 pixels.
 */
export function exampleTabs({ name, others, plugin, setup, connectors }: ExampleSubjects): string[] {
  return [
    `# Welcome! You're signed in as ${name}.
# Run this tab with ▶ (Ctrl-Enter), then continue
# with the next one. There are five.
#
# 1. The plugins, and which apps each one needs.
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

# Have you connected these apps in the wizard?
# Then tab 4 has nothing left to show. Be someone
# else, with a Ctrl-click (⌘-click):
${others.map((address) => `# ${address}`).join('\n')}
`,
    `# 2. Start a setup. You get its skills right away,
# and each says which apps it's waiting for.
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
    `# 3. Start connecting the apps. Each url opens a
# consent screen, in this browser only, for
# ${inWords(AUTHORIZATION_LIFETIME_MS)}. Leave them for now: the next tab has
# them too, and shows what happens.
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
# url, choose an account if asked, and click Allow.
# Back here, the step is LIVE. Do the same with the
# other two, and the setup is READY.
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
    `# 5. You, your connections and skills, and what
# happened. No one else can see any of it.
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
  /** The user that the back end acts for. */
  name: string
  subject: string
  organization: string
  /** Slugs. */
  plugin: string
  connector: string
}

/** What GraphiQL opens with for a caller with an API key. */
export function backEndTabs({ name, subject, organization, plugin, connector }: BackEndSubjects): string[] {
  return [
    `# You're a back end: GraphiQL calls with an API key
# that has every scope (see Headers). It can read
# the catalogue, but no user's setups. Each field's
# description names the scope it needs.
query Catalogue {
  plugins(first: 10) {
    edges { node { slug name version } }
  }
  connectors(first: 10) {
    edges { node { slug name available } }
  }
}
`,
    `# A skill asks for a token right before it acts.
# If ${name} hasn't connected the app, the answer says
# why there's no token, and what would help.
mutation IssueAccessToken {
  issueAccessToken(
    input: {
      user: {
        subject: "${subject}"
        organization: "${organization}"
      }
      connector: "${connector}"
    }
  ) {
    __typename
    ... on IssuedAccessToken {
      accessToken
      expiresAt
      scopes
    }
    ... on AccessTokenUnavailableError {
      reason
      remedy
    }
    ... on Error { message }
  }
}
`,
    `# A token for one of your pages: for one user, one
# setup, and a few minutes. The page sends it as
# Authorization: Bearer pbs_…
mutation CreateSetupSession {
  createSetupSession(
    input: {
      user: {
        subject: "${subject}"
        organization: "${organization}"
      }
      plugin: "${plugin}"
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
    `# A user leaves: this erases everything they have,
# revokes their connections at the apps, and ends
# their open subscriptions.
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
