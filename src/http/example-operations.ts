/** The operations that GraphiQL opens with, in the order in which they tell the story. */
export function exampleTabs(name: string, ids: { plugin: string; connector: string; setup: string }): string[] {
  return [
    `# You are ${name}. Run each tab with the ▶ button, from left to right.
# 1. What can be set up, and which apps does it need?
query BrowsePlugins {
  plugins(first: 10) {
    edges {
      node {
        id
        name
        summary
        requirements { connector { name available } scopes reason optional }
      }
    }
  }
}
`,
    `# 2. Start a setup. Its skills are yours at once; each says what it waits for.
mutation StartSetup {
  startSetup(input: { pluginId: "${ids.plugin}" }) {
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
    `# 3. Watch it live. Press ▶, leave this tab running, and go on with the next one.
subscription WatchSetup {
  setupProgress(setupId: "${ids.setup}") {
    revision
    status
    progress { required done }
    steps {
      connector { name }
      status
      remedy
      authorization { status failure { message hint } }
      connection { account { label } }
    }
  }
}
`,
    `# 4. Connect the first app. Open the url of the result in another window of this browser,
#    choose an account, allow — and look at the tab before.
mutation Authorize {
  authorizeConnector(input: { connectorId: "${ids.connector}", setupId: "${ids.setup}" }) {
    __typename
    ... on Authorization { id url status scopes expiresAt }
    ... on Error { message }
  }
}
`,
    `# 5. You, everything you have connected, and what happened.
query Me {
  viewer {
    name
    organization { name }
    connections { connector { name } status account { label } grantedScopes setups { plugin { name } } }
    skills { edges { node { name ready } } }
    activity(first: 10) { edges { node { at kind connectorSlug accountLabel } } }
  }
}
`,
  ]
}
