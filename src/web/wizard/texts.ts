import type {
  ActivityKind,
  AuthorizationFailureCode,
  ConnectionProblemCode,
  Remedy,
  SetupStatus,
  StepStatus,
} from '../../generated/documents/graphql.js'

/**
 * Every text of the wizard, in one language. To translate the wizard, write another object of this shape. `direction` sets
 * the writing direction of the whole page.
 */
export const texts = {
  language: 'en',
  direction: 'ltr',
  product: 'Patchbay',
  skipToContent: 'Skip to content',

  navigation: { label: 'Main', plugins: 'Plugins', mine: 'My skills', connections: 'Connections' },
  person: {
    label: 'Account',
    demo: 'Demo',
    switchTo: 'Switch user',
    development: 'For development',
    sandbox: 'Sandbox: make apps fail',
    explorer: 'GraphiQL: explore the API',
  },
  theme: { label: 'Theme', system: 'System', light: 'Light', dark: 'Dark' },

  away: {
    offline: 'You’re offline. This page updates when you’re back online.',
    unreachable: 'We can’t reach the server right now. This page updates when the connection is back.',
    back: 'You’re back online, and this page is up to date.',
  },
  signedOut: {
    title: 'You’re signed out',
    line: 'Sign in to continue.',
    signIn: 'Sign in',
    retry: 'I’ve signed in',
  },
  failed: {
    title: 'This page couldn’t be loaded',
    line: 'The server didn’t respond. We’ll try again as soon as we can reach it.',
    retry: 'Try now',
  },
  notFound: { title: 'Page not found', line: 'The link may be out of date.', back: 'All plugins' },
  loading: 'Loading',
  more: 'Show more',
  cancel: 'Cancel',
  /** Names in a sentence. */
  list: (names: readonly string[]) => new Intl.ListFormat('en').format(names),

  /** Shown until the person starts a setup. */
  welcome: {
    title: 'Connect your apps once',
    lead: 'Then your assistant can work with them. You decide which app, which account, and for how long.',
    steps: ['Choose a plugin', 'Connect the apps it needs', 'Use its skills'],
    start: (plugin: string) => `Start with ${plugin}`,
  },

  plugins: {
    title: 'Plugins',
    lead: 'What your assistant can do for you.',
    search: 'Search plugins',
    clear: 'Clear search',
    found: (count: number) => (count === 1 ? '1 plugin' : `${count} plugins`),
    none: (search: string) => `No plugins match “${search}”.`,
    noneLine: 'Try another word, or look through all of them.',
    empty: 'No plugins have been published yet.',
    emptyLine: 'Once your administrator publishes one, it appears here.',
    by: (publisher: string) => `by ${publisher}`,
    needs: 'Works with',
    needsNothing: 'No apps needed',
    optional: 'optional',
    optionalApp: (app: string) => `${app} (optional)`,
    start: 'Start setup',
    /** What the link to a started setup says, by its status. */
    actions: {
      IN_PROGRESS: 'Continue setup',
      READY: 'Open',
      NEEDS_ATTENTION: 'Fix',
    } satisfies Record<SetupStatus, string>,
    progress: (done: number, required: number) => `${done} of ${required} connected`,
  },

  setupStatus: {
    IN_PROGRESS: 'In progress',
    READY: 'Ready',
    NEEDS_ATTENTION: 'Needs attention',
  } satisfies Record<SetupStatus, string>,

  plugin: {
    skills: 'What it can do',
    apps: 'Apps it works with',
    version: (version: string) => `Version ${version}`,
    copied: 'Starting setup adds these skills to My skills. You can leave at any time and come back.',
  },

  setup: {
    breadcrumb: 'All plugins',
    steps: 'Connect your apps',
    stepsDone: 'Your apps',
    optionalSteps: 'Optional',
    optionalLead: 'The plugin works without these. They let it do more.',
    progress: (done: number, required: number) => `${done} of ${required} connected`,
    progressLabel: 'Required apps connected',
    skills: 'Your skills',
    skillsLead: 'Already in My skills.',
    permissions: 'Permissions',
    missing: 'Not granted yet',
    ready: (plugin: string) => `${plugin} is ready`,
    readyLead: 'It has everything it needs, and your assistant can use its skills now.',
    attention: (count: number) =>
      count === 1 ? 'One app needs your attention.' : `${count} apps need your attention.`,
    toMine: 'View in My skills',
    toPlugins: 'Back to plugins',
    remove: 'Remove setup',
    removeTitle: (plugin: string) => `Remove the ${plugin} setup?`,
    removeLead: 'Your connections stay. Other plugins keep using them.',
    removeKeep: 'Keep its skills in My skills',
    removed: 'Setup removed.',
    removedElsewhere: 'This setup was removed in another window.',
  },

  stepStatus: {
    NOT_CONNECTED: 'Not connected',
    AUTHORIZING: 'Waiting for you',
    LIVE: 'Live',
    MISSING_SCOPES: 'Missing permissions',
    EXPIRED: 'Expired',
    BROKEN: 'Broken',
    UNAVAILABLE: 'Unavailable',
  } satisfies Record<StepStatus, string>,

  /** What the button of a step says, by the API's remedy. */
  remedy: {
    CONNECT: (app: string) => `Connect ${app}`,
    REAUTHORIZE: (app: string) => `Reconnect ${app}`,
    GRANT_SCOPES: () => 'Grant permissions',
    WAIT: (app: string) => `Connect ${app}`,
    ASK_OPERATOR: (app: string) => `Connect ${app}`,
  } satisfies Record<Remedy, (app: string) => string>,

  /** What is asked before the consent screen of an app whose address differs for each customer. */
  ask: {
    title: (app: string) => `Connect ${app}`,
    lead: (app: string) => `${app} has an address for each organization. Which one is yours?`,
    choose: 'Choose one',
    action: 'Continue',
    missing: (label: string) => `Enter the ${label}.`,
    invalid: (example: string) => `Enter only this part, such as ${example}.`,
  },

  /** Why something couldn't be done, by the type of the API's error. All other errors have a message for people. */
  refusal: {
    NotFoundError: 'This is no longer available. Reload the page and try again.',
    ForbiddenError: 'You can’t do this on this page. Contact support.',
    ConnectorNotRequiredError: 'This setup no longer uses this app. Reload the page.',
    TOO_MANY_REQUESTS: 'You’ve tried this too often. Wait a minute, then try again.',
  },

  /** What's wrong with a connection, by the API's code. */
  problem: {
    ACCESS_EXPIRED: (app: string) => `${app} access has expired. Reconnect to continue.`,
    ACCESS_REVOKED: (app: string) => `${app} access was revoked. Reconnect to continue.`,
    RENEWAL_REFUSED: (app: string) => `${app} no longer renews your access. Reconnect to continue.`,
    REFRESH_INTERRUPTED: (app: string) => `Renewing ${app} access was interrupted. Reconnect to continue.`,
  } satisfies Record<ConnectionProblemCode, (app: string) => string>,

  /** Why connecting failed and what to do, by the API's code. */
  failure: {
    DENIED_BY_USER: {
      message: (app: string) => `You didn’t give access to ${app}.`,
      hint: () => 'To use skills that need it, try again and choose Allow.',
    },
    DEADLINE_PASSED: {
      message: (app: string) => `Nothing came back from ${app} in time.`,
      hint: (app: string) => `Sign in to ${app} first, then try again.`,
    },
    INTERRUPTED: {
      message: (app: string) => `Connecting ${app} was interrupted.`,
      hint: () => 'Nothing was connected. Try again.',
    },
    APP_UNAVAILABLE: {
      message: (app: string) => `${app} isn’t responding as it should right now.`,
      hint: () => 'Try again in a few minutes.',
    },
    APP_REFUSED: {
      message: (app: string) => `${app} refused the connection.`,
      hint: () => 'Try again. If the problem persists, contact your administrator.',
    },
    ISSUER_MISMATCH: {
      message: (app: string) => `We couldn’t verify that this response came from ${app}, so nothing was connected.`,
      hint: () => 'Try again from a page you trust.',
    },
    INVALID_TOKEN_RESPONSE: {
      message: (app: string) => `${app} sent a response we couldn’t use.`,
      hint: () => 'Try again. If the problem persists, contact your administrator.',
    },
    ACCOUNT_MISMATCH: {
      message: (app: string) =>
        `You signed in to a different ${app} account than the one you’re reconnecting. Your existing connection didn’t change.`,
      hint: (app: string) => `Sign in to ${app} with the same account, or connect the other account separately.`,
    },
    CONNECTOR_UNAVAILABLE: {
      message: (app: string) => `${app} isn’t available yet.`,
      hint: () => 'Your administrator has to set it up first.',
    },
    CONFIRMED_BY_ANOTHER_USER: {
      message: (app: string) =>
        `Someone else was signed in when ${app} was about to be connected, so nothing was connected.`,
      hint: () => 'Sign in as yourself and try again. Don’t open connect links that others send you.',
    },
    INTERACTION_REQUIRED: {
      message: (app: string) => `${app} needs you to sign in or to answer something on its own pages first.`,
      hint: (app: string) => `Sign in to ${app} first, then try again.`,
    },
    APPROVAL_PENDING: {
      message: (app: string) => `Someone else has to approve ${app} for your organization first.`,
      hint: (app: string) =>
        `Ask an owner or administrator of your ${app} organization to approve it, then connect again.`,
    },
    APPROVAL_GRANTED: {
      message: (app: string) => `${app} is approved or installed now, but your account isn’t connected yet.`,
      hint: (app: string) => `Connect ${app} once more to finish.`,
    },
    NO_CODE_RECEIVED: {
      message: (app: string) => `${app} sent you back without giving access.`,
      hint: (app: string) =>
        `Try again and finish every step that ${app} shows. If the problem persists, contact your administrator.`,
    },
    CLIENT_REFUSED: {
      message: (app: string) => `${app} doesn’t accept how it was set up here, so nothing was connected.`,
      hint: (app: string) => `Ask your administrator to check the client ID and secret for ${app}.`,
    },
    SCOPE_REFUSED: {
      message: (app: string) => `${app} doesn’t offer a permission we asked for, so nothing was connected.`,
      hint: (app: string) => `Ask your administrator to check which permissions are enabled for ${app}.`,
    },
    REDIRECT_URI_REFUSED: {
      message: (app: string) => `${app} doesn’t know the address it should send you back to, so nothing was connected.`,
      hint: (app: string) => `Ask your administrator to register the redirect URI for ${app}.`,
    },
    ADDRESS_BLOCKED: {
      message: (app: string) => `We aren’t allowed to contact ${app} at its address, so nothing was connected.`,
      hint: (app: string) => `Ask your administrator to check the address of ${app}.`,
    },
    NOTHING_TO_CHOOSE: {
      message: (app: string) => `Your ${app} account has no site or organization that could be connected.`,
      hint: (app: string) => `Sign in to ${app} with another account, or ask for access there. Then try again.`,
    },
    NOTHING_CHOSEN: {
      message: (app: string) => `You didn’t choose what to connect in ${app} in time, so nothing was connected.`,
      hint: () => 'Try again, and choose before the time is up.',
    },
  } satisfies Record<AuthorizationFailureCode, { message(app: string): string; hint(app: string): string }>,

  step: {
    tryAgain: 'Try again',
    opening: (app: string) => `Opening ${app}…`,
    leaving: (app: string) => `Going to ${app}…`,
    waiting: (app: string) => `Finish in the ${app} window`,
    waitingElsewhere: (app: string) => `You’re connecting ${app} in another window or on another device.`,
    choosing: (app: string) => `Choose what to connect in the ${app} window`,
    choosingElsewhere: (app: string) =>
      `You’re choosing what to connect in ${app}, in another window or on another device.`,
    reopen: 'Reopen',
    connectHere: 'Connect here instead',
    checking: (app: string) => `Checking with ${app}…`,
    deadline: (time: string) => `Expires at ${time}`,
    signInHint: (app: string) => `No consent screen? Sign in to ${app} first, then try again.`,
    signIn: (app: string) => `Sign in to ${app}`,
    connectedAs: (account: string) => `Connected as ${account}`,
    connected: 'Connected',
    recognized: 'You connected it earlier, so there’s nothing to do.',
    unavailable: 'This app isn’t available yet. Your administrator has to set it up first.',
    missing: (app: string) => `${app} is connected, but some permissions are missing.`,
    account: 'Account',
    chooseAccount: 'Choose an account',
    anotherAccount: 'Connect another account',
    chosen: (account: string) => `This setup now uses ${account}.`,
  },
  /** Announced by screen readers. */
  announce: {
    live: (app: string, next: string | null) => (next ? `${app} is live. Next: ${next}.` : `${app} is live.`),
    ready: (plugin: string) => `${plugin} is ready.`,
    waiting: (app: string) => `Finish in the ${app} window.`,
    choosing: (app: string) => `Choose what to connect in the ${app} window.`,
    checking: (app: string) => `Checking with ${app}.`,
    broken: (app: string) => `${app} needs your attention.`,
  },

  mine: {
    title: 'My skills',
    lead: 'Your own copies of skills. They stay even if you remove the setup.',
    empty: 'You don’t have any skills yet.',
    emptyLine: 'Set up a plugin, and its skills are yours right away.',
    toPlugins: 'Browse plugins',
    ready: 'Ready',
    waiting: 'Waiting',
    waitingFor: 'Waiting for',
    instructions: 'Instructions',
    copied: (when: string, version: string) => `Copied ${when}, version ${version}`,
    finish: 'Continue setup',
  },

  connections: {
    title: 'Connections',
    lead: 'The accounts you’ve connected. Only you can see and use them.',
    empty: 'You haven’t connected anything yet.',
    emptyLine: 'Choose a plugin to see which apps it needs, or connect an app below in advance.',
    others: 'Other apps',
    apps: 'Apps',
    othersLead: 'Connect an app in advance, and every setup you start later will use it.',
    status: { LIVE: 'Live', EXPIRED: 'Expired', BROKEN: 'Broken' },
    defaultAccount: 'Default',
    unknownAccount: 'Unknown account',
    verified: (when: string) => `Verified ${when}`,
    neverVerified: 'Not verified since you connected it',
    renews: (when: string) => `Access renews automatically before ${when}`,
    connectedAt: (when: string) => `Connected ${when}`,
    since: (when: string) => `Since ${when}`,
    usedBy: 'Used by',
    usedByNone: 'Not used by any setup',
    details: 'Show details',
    hideDetails: 'Hide details',
    allowed: 'Permissions',
    allowedUnknown: 'The app doesn’t say.',
    actions: (app: string, account: string) => `Actions for ${app}, ${account}`,
    verify: 'Check now',
    verifying: 'Checking…',
    verifiedNow: (app: string) => `${app} confirmed the connection.`,
    brokenNow: (app: string) => `${app} no longer accepts this connection.`,
    reconnect: 'Reconnect',
    another: 'Connect another account',
    connect: 'Connect',
    disconnect: 'Disconnect',
    disconnectTitle: (app: string, account: string) => `Disconnect ${account} from ${app}?`,
    disconnectLead: (app: string) =>
      `This revokes access at ${app} and deletes its tokens here. You can reconnect at any time.`,
    disconnectLeadHere: (app: string) =>
      `This deletes the tokens here. ${app} itself keeps listing the access until you remove it in its settings. You can reconnect at any time.`,
    impact: 'What’s affected:',
    impactSetup: (plugin: string) => `${plugin} will ask you to connect again`,
    impactSkills: (skills: string) => `These skills will stop working: ${skills}`,
    impactNone: 'No setup uses it.',
    disconnected: (app: string) => `${app} disconnected.`,
  },

  activity: {
    title: 'Activity',
    lead: 'What happened to your connections and setups.',
    empty: 'Nothing has happened yet.',
    /** `{name}` stands for the app or plugin. */
    kind: {
      SETUP_STARTED: 'You started setting up {name}',
      SETUP_REMOVED: 'You removed the {name} setup',
      AUTHORIZATION_STARTED: 'You started connecting {name}',
      AUTHORIZATION_DENIED: 'You denied access to {name}',
      AUTHORIZATION_FAILED: 'Connecting {name} failed',
      AUTHORIZATION_EXPIRED: 'Nothing came back from {name}',
      AUTHORIZATION_CANCELED: 'You canceled connecting {name}',
      CONNECTED: 'You connected {name}',
      REAUTHORIZED: 'You reconnected {name}',
      CONNECTION_CHOSEN: 'You chose an account for {name}',
      CONNECTION_REFRESHED: '{name} access was renewed',
      CONNECTION_EXPIRED: '{name} access expired',
      CONNECTION_BROKEN: '{name} stopped accepting this connection',
      TOKEN_ISSUED: 'A token was issued for {name}',
      DISCONNECTED: 'You disconnected {name}',
    } satisfies Record<ActivityKind, string>,
    issuedTo: (key: string) => `to ${key}`,
  },
} as const
