import type { ActivityKind, ConnectionProblemCode, Remedy, StepStatus } from '../../../generated/documents/graphql.js'
import { type FailureTexts, failures } from '../../../languages/failures/en.js'
import { IDENTITY_SCOPES } from '../../../languages/identity-scopes.js'
import type { SetupAction } from '../parts/setup-action.js'
import type { SetupWord } from '../parts/steps-in-trouble.js'
import type { WhatIsReady } from '../parts/what-is-ready.js'

/**
 * Every text of the wizard, in one language. To translate the wizard, write another object of this shape. `direction` sets
 * the writing direction of the whole page.
 */
export const en = {
  language: 'en',
  direction: 'ltr',
  skipToContent: 'Skip to content',

  navigation: { label: 'Main', plugins: 'Plugins', mine: 'My skills', connections: 'Connections' },
  person: {
    label: 'Account',
    demo: 'Demo',
    staging: 'Staging',
    signOut: 'Sign out of staging',
    switchTo: 'Switch user',
    development: 'For development',
    sandbox: 'Sandbox: make apps fail',
    explorer: 'GraphiQL: explore the API',
  },
  languages: { label: 'Language', browser: 'Automatic' },
  theme: { label: 'Theme', system: 'Automatic', light: 'Light', dark: 'Dark' },

  away: {
    offline: 'You’re offline. This page updates when you’re back online.',
    unreachable: 'We can’t reach the server right now. This page updates when the connection is back.',
    back: 'You’re back online, and this page is up to date.',
  },
  signedOut: {
    title: 'You’re signed out',
    line: 'Sign in to continue.',
    lineElsewhere: 'Use another window to sign in, then come back here.',
    signIn: 'Sign in',
    retry: 'I’ve signed in',
  },
  failed: {
    title: 'This page couldn’t be loaded',
    unreached: 'The server didn’t respond. We’ll try again as soon as we can reach it.',
    refused: 'Something went wrong on the server. We’ll keep trying.',
    retry: 'Try now',
  },
  /** Why something wasn’t carried out. */
  trouble: {
    unreached: 'The server didn’t respond. Try again.',
    refused: 'Something went wrong on the server. Try again.',
  },
  notFound: {
    title: 'Page not found',
    line: 'There’s nothing at this address. The link may be out of date.',
    back: 'Go to Plugins',
  },
  loading: 'Loading',
  more: 'Show more',
  cancel: 'Cancel',
  justNow: 'just now',
  /** Names in a sentence. */
  list: (names: readonly string[]) => new Intl.ListFormat('en').format(names),

  /** Shown until the person starts a setup. */
  welcome: {
    title: 'Connect your apps once',
    lead: 'Then your assistant can work with them. You decide which app and which account, and you can disconnect at any time.',
    steps: ['Choose a plugin', 'Connect the apps it needs', 'Use its skills'],
    start: (plugin: string) => `Start with ${plugin}`,
  },

  plugins: {
    title: 'Plugins',
    lead: 'What your assistant can do for you.',
    search: 'Search plugins',
    clear: 'Clear search',
    found: (count: number) => (count === 1 ? '1 plugin' : `${count} plugins`),
    none: (search: string) => `No plugins match “${search}”`,
    noneLine: 'Try another word, or clear the search to see all plugins.',
    empty: 'No plugins have been published yet',
    emptyLine: 'Once your administrator publishes one, it appears here.',
    by: (publisher: string) => `by ${publisher}`,
    needs: 'Works with',
    needsNothing: 'No apps needed',
    optional: 'optional',
    optionalApp: (app: string) => `${app} (optional)`,
    unavailable: (apps: string, count: number) => `${apps} ${count === 1 ? 'isn’t' : 'aren’t'} available yet.`,
    start: 'Start setup',
  },

  setupStatus: {
    IN_PROGRESS: 'In progress',
    READY: 'Ready',
    NEEDS_ATTENTION: 'Needs attention',
    NEEDS_PERMISSIONS: 'Needs permissions',
    UNAVAILABLE: 'App unavailable',
  } satisfies Record<SetupWord, string>,
  /** What the link to a started setup says. */
  setupAction: {
    continue: 'Continue setup',
    grant: 'Grant permissions',
    open: 'Open',
    reconnect: 'Reconnect',
  } satisfies Record<SetupAction, string>,

  plugin: {
    skills: 'What it can do',
    apps: 'Apps it works with',
    noApps: 'Apps',
    version: (version: string) => `Version\u00a0${version}`,
    /** Before the setup is started, of required apps. */
    unavailable: (apps: string, count: number) =>
      count === 1
        ? `${apps} isn’t available yet. Your administrator has to set it up before you can finish.`
        : `${apps} aren’t available yet. Your administrator has to set them up before you can finish.`,
    copied: 'Starting setup adds this plugin’s skills to My\u00a0skills. You can leave at any time and come back.',
  },

  setup: {
    breadcrumb: 'All plugins',
    steps: 'Connect your apps',
    stepsDone: 'Your apps',
    optionalSteps: 'Optional',
    optionalLead: 'The plugin works without these. They let it do more.',
    /**
     * @param lacking how many of the connected apps lack permissions
     * @param hasOptional whether there are other apps, which these numbers don't count
     */
    progress: (connected: number, required: number, lacking: number, hasOptional = false) => {
      if (lacking === 0 && hasOptional) {
        return `${connected}\u00a0of\u00a0${required}\u00a0required ${required === 1 ? 'app' : 'apps'} connected`
      }
      if (lacking === 0) return `${connected}\u00a0of\u00a0${required}\u00a0connected`
      if (required === 1) return 'Connected, needs permissions'
      const readyOf = `${connected - lacking}\u00a0of\u00a0${required}\u00a0ready`
      return `${readyOf}, ${lacking}\u00a0${lacking === 1 ? 'needs' : 'need'} permissions`
    },
    progressLabel: 'Required apps ready',
    skills: 'Your skills',
    skillsLead: 'They’re already in My skills.',
    permissions: 'Permissions',
    missing: 'Not granted yet',
    ready: (plugin: string) => `${plugin} is ready`,
    /** What the person can do so that a plugin does more. The apps are those to repair or to connect. */
    readyLead: {
      whole: () => 'It has everything it needs, and your assistant can use its skills now.',
      connect: (apps) => `Connect ${apps} to let the plugin do more.`,
      reconnect: (apps) => `Reconnect ${apps} to let the plugin do more.`,
      grant: (apps) => `Grant permissions for ${apps} to let the plugin do more.`,
      several: (apps) => `It works, but ${apps} need your attention.`,
      administrator: () => 'Some of its skills are waiting for optional apps that only your administrator can set up.',
    } satisfies Record<WhatIsReady['more'], (apps: string) => string>,
    attention: (apps: string, count: number) => `${apps} ${count === 1 ? 'needs' : 'need'} your attention.`,
    onlyAdministrator: (apps: string) => `Only your administrator can help with ${apps}.`,
    toMine: 'View in My skills',
    toPlugins: 'All plugins',
    remove: 'Remove setup',
    /** The same on a button below the title, which says what is removed. */
    removeConfirm: 'Remove',
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
    MISSING_SCOPES: 'Needs permissions',
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
    lead: (app: string) => `Complete the address where you use ${app}.`,
    choose: 'Choose one',
    action: 'Continue',
    /** Below the field. */
    missing: 'This part of the address is missing.',
    invalid: (example: string) => `Enter only the missing part, such as ${example}.`,
  },

  /** Why something couldn't be done, by the type of the API's error. The error's own message is in English only. */
  refusal: {
    NotFoundError: 'This is no longer available. Reload the page and try again.',
    ForbiddenError: 'You can’t do this on this page. Contact support.',
    BindingImpossibleError: 'Apps can’t be connected from this page. Contact support.',
    InvalidReturnToError: 'Apps can’t be connected from this page. Contact support.',
    InvalidVariablesError: 'Something in the app’s address isn’t right. Try again, and check what you enter.',
    ConnectorNotRequiredError: 'This setup no longer uses this app. Reload the page.',
    ConnectorUnavailableError: 'This app can’t be connected yet. Ask your administrator to set it up.',
    VaultUnavailableError:
      'The stored access isn’t available right now. Try again later. If the problem persists, contact your administrator.',
    PluginRetiredError:
      'This plugin was retired by its publisher, so it can’t be set up anymore. Your existing setups and skills keep working.',
    TooManyAuthorizationsError:
      'You’re already connecting too many apps. Finish or cancel one, or wait ten minutes for them to expire.',
    AuthorizationEndedError: 'This has already ended. Start again.',
    TOO_MANY_REQUESTS: 'You’ve tried this too often. Wait a minute, then try again.',
  },
  /** The same, why a connection couldn't be checked. */
  unchecked: {
    AppUnavailableError: (app: string) =>
      `${app} couldn’t be reached, so the connection wasn’t checked. Try again later.`,
    ClientRefusedError: (app: string) =>
      `${app} isn’t set up correctly here, so the connection couldn’t be checked. Ask your administrator to check the client ID and secret. You don’t have to reconnect.`,
  },

  /** What happened to a connection, by the API's code: on its row, before `reconnectToContinue`, and in the activity. */
  problem: {
    ACCESS_EXPIRED: (app: string) => `${app} access has expired`,
    ACCESS_REVOKED: (app: string) => `${app} access was revoked`,
    RENEWAL_REFUSED: (app: string) => `${app} no longer renews your access`,
    REFRESH_INTERRUPTED: (app: string) => `Renewing ${app} access was interrupted`,
  } satisfies Record<ConnectionProblemCode, (app: string) => string>,
  reconnectToContinue: 'Reconnect to continue.',

  /** Why connecting failed and what to do, by the API's code. */
  failure: failures as FailureTexts,

  step: {
    tryAgain: 'Try again',
    opening: (app: string) => `Opening ${app}…`,
    leaving: (app: string) => `Going to ${app}…`,
    waiting: (app: string) => `Finish in the ${app} window`,
    waitingElsewhere: {
      connect: (app: string) => `You’re connecting ${app} in another window or on another device.`,
      another: (app: string) => `You’re adding an account at ${app} in another window or on another device.`,
      reconnect: (app: string) => `You’re reconnecting ${app} in another window or on another device.`,
      grant: (app: string) => `You’re granting permissions for ${app} in another window or on another device.`,
    },
    choosing: (app: string) => `Choose what to connect in the ${app} window`,
    choosingElsewhere: (app: string) =>
      `You’re choosing what to connect in ${app}, in another window or on another device.`,
    closed: 'Closed it? You can reopen it.',
    reopen: 'Reopen',
    continueHere: 'Continue here instead',
    checking: (app: string) => `Checking with ${app}…`,
    deadline: (time: string) => `Expires at ${time}`,
    signInHint: (app: string) => `No consent screen? Sign in to ${app} first, then come back here.`,
    signIn: (app: string) => `Sign in to ${app}`,
    connectedAs: (account: string) => `Connected as ${account}`,
    connected: 'Connected',
    recognized: 'You connected it earlier, so there’s nothing to do.',
    unavailable: 'This app isn’t available yet. Your administrator has to set it up first.',
    asksForMore: (app: string) => `You connected ${app} earlier. This plugin needs more permissions.`,
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
    lead: 'Your own copies of skills. You can keep them when you remove a setup.',
    empty: 'You don’t have any skills yet',
    emptyLine: 'Set up a plugin, and its skills are yours right away.',
    toPlugins: 'Browse plugins',
    ready: 'Ready',
    /** Before the names of apps: why a skill isn’t ready. */
    needs: {
      connect: 'Waiting for',
      reconnect: 'Needs you to reconnect',
      grant: 'Needs permissions for',
    },
    instructions: 'Instructions',
    copied: (when: string, version: string) => `Copied ${when}, version\u00a0${version}`,
  },

  /** What Patchbay itself says of scopes that mean the same everywhere. Plugins and providers describe the others. */
  identityScope: IDENTITY_SCOPES,

  connections: {
    title: 'Connections',
    lead: 'The accounts you’ve connected. Only you and your assistant can use them.',
    empty: 'No apps are connected',
    emptyLine: 'Choose a plugin to see which apps it needs, or connect an app below.',
    others: 'Other apps',
    apps: 'Apps',
    othersLead: 'You can connect these apps here, too. A plugin may still ask for more permissions.',
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
    /** Follows the name of a plugin. */
    lacksPermissions: 'needs permissions',
    details: 'Show details',
    hideDetails: 'Hide details',
    allowed: 'Permissions',
    allowedUnknown: 'The app doesn’t say.',
    actions: (app: string, account: string) => `Actions for ${app}, ${account}`,
    verify: 'Check now',
    verifying: 'Checking…',
    verifiedNow: (app: string) => `${app} confirmed the connection.`,
    reconnect: 'Reconnect',
    another: 'Connect another account',
    connect: 'Connect',
    disconnect: 'Disconnect',
    disconnectTitle: (app: string, account: string) => `Disconnect ${account} from ${app}?`,
    disconnectLead: (app: string) =>
      `This revokes access at ${app} and deletes what is stored here. You can reconnect at any time.`,
    disconnectLeadHere: (app: string) =>
      `This deletes what is stored here. ${app} itself keeps listing the access until you remove it in its settings. You can reconnect at any time.`,
    impact: 'What’s affected',
    impactSetup: (plugin: string) => `${plugin} will ask you to connect again.`,
    /** Before the names of skills. */
    impactSkills: (plugin: string, count: number) =>
      `${plugin} will ask you to connect again. Until then, ${count === 1 ? 'this skill' : 'these skills'} won’t work:`,
    impactOptional: (plugin: string) => `${plugin} works without it.`,
    impactOptionalSkills: (plugin: string, count: number) =>
      `${plugin} works without it, except for ${count === 1 ? 'this skill' : 'these skills'}:`,
    /** If the person has other accounts at the app, which the plugin may use. */
    impactOther: (plugin: string) => `${plugin} will use another account, or ask you to connect again.`,
    impactOtherSkills: (plugin: string, count: number) =>
      `${plugin} will use another account, or ask you to connect again. Until then, ${count === 1 ? 'this skill' : 'these skills'} may not work:`,
    impactNone: 'No setup uses it.',
    disconnected: (app: string, account: string) => `${account} is disconnected from ${app}.`,
    disconnectedLead: (app: string) => `What was stored here is deleted, and access at ${app} is being revoked.`,
    disconnectedLeadHere: (app: string) =>
      `What was stored here is deleted. ${app} itself keeps listing the access until you remove it in its settings.`,
    neededBy: 'Still needed by',
    dismiss: 'Dismiss',
  },

  activity: {
    title: 'Activity',
    lead: 'What happened to your connections and setups.',
    empty: 'Nothing has happened yet',
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
      CONNECTION_EXPIRED: '{name} access has expired',
      CONNECTION_BROKEN: '{name} needs to be reconnected',
      TOKEN_ISSUED: 'A token was issued for {name}',
      DISCONNECTED: 'You disconnected {name}',
    } satisfies Record<ActivityKind, string>,
    /** The same, to repair a connection. */
    repair: {
      AUTHORIZATION_STARTED: 'You started reconnecting {name}',
      AUTHORIZATION_FAILED: 'Reconnecting {name} failed',
      AUTHORIZATION_CANCELED: 'You canceled reconnecting {name}',
    },
    otherAccount: 'You signed in to another account at {name}, so nothing changed',
    permissionsAdded: 'You granted more permissions for {name}',
    issuedTo: (key: string) => `to ${key}`,
  },
}

/** What other languages are written as. */
export type Texts = typeof en
