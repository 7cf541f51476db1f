import { failures } from '../../../languages/failures/de.js'
import type { Texts } from './en.js'

export const de: Texts = {
  language: 'de',
  direction: 'ltr',
  skipToContent: 'Zum Inhalt springen',

  navigation: { label: 'Hauptmenü', plugins: 'Plugins', mine: 'Meine Skills', connections: 'Verbindungen' },
  person: {
    label: 'Konto',
    demo: 'Demo',
    staging: 'Staging',
    signOut: 'Vom Staging abmelden',
    switchTo: 'Person wechseln',
    development: 'Für die Entwicklung',
    sandbox: 'Sandbox: Apps ausfallen lassen',
    explorer: 'GraphiQL: die API erkunden',
  },
  languages: { label: 'Sprache', browser: 'Automatisch' },
  theme: { label: 'Design', system: 'Automatisch', light: 'Hell', dark: 'Dunkel' },

  away: {
    offline: 'Du bist offline. Die Seite wird aktualisiert, sobald du wieder online bist.',
    unreachable:
      'Wir erreichen den Server gerade nicht. Die Seite wird aktualisiert, sobald die Verbindung wieder steht.',
    back: 'Du bist wieder online, und die Seite ist auf dem neuesten Stand.',
  },
  signedOut: {
    title: 'Du bist abgemeldet',
    line: 'Melde dich an, um weiterzumachen.',
    lineElsewhere: 'Melde dich in einem anderen Fenster an und komm dann hierher zurück.',
    signIn: 'Anmelden',
    retry: 'Ich bin jetzt angemeldet',
  },
  failed: {
    title: 'Die Seite konnte nicht geladen werden',
    unreached: 'Der Server hat nicht geantwortet. Wir versuchen es wieder, sobald wir ihn erreichen.',
    refused: 'Auf dem Server ist etwas schiefgegangen. Wir versuchen es weiter.',
    retry: 'Jetzt versuchen',
  },
  trouble: {
    unreached: 'Der Server hat nicht geantwortet. Versuch es noch einmal.',
    refused: 'Auf dem Server ist etwas schiefgegangen. Versuch es noch einmal.',
  },
  notFound: {
    title: 'Seite nicht gefunden',
    line: 'Unter dieser Adresse gibt es nichts. Vielleicht ist der Link veraltet.',
    back: 'Zu den Plugins',
  },
  loading: 'Wird geladen',
  more: 'Mehr anzeigen',
  cancel: 'Abbrechen',
  justNow: 'gerade eben',
  list: (names) => new Intl.ListFormat('de').format(names),

  welcome: {
    title: 'Verbinde deine Apps ein einziges Mal',
    lead: 'Danach kann dein Assistent mit ihnen arbeiten. Du entscheidest, welche App und welches Konto, und kannst die Verbindung jederzeit trennen.',
    steps: ['Plugin auswählen', 'Nötige Apps verbinden', 'Skills nutzen'],
    start: (plugin) => `Mit ${plugin} anfangen`,
  },

  plugins: {
    title: 'Plugins',
    lead: 'Das kann dein Assistent für dich tun.',
    search: 'Plugins suchen',
    clear: 'Suche leeren',
    found: (count) => (count === 1 ? '1 Plugin' : `${count} Plugins`),
    none: (search) => `Kein Plugin passt zu „${search}“`,
    noneLine: 'Versuch es mit einem anderen Wort, oder leere die Suche, um alle Plugins zu sehen.',
    empty: 'Es gibt noch keine Plugins',
    emptyLine: 'Sobald dein Admin-Team eines veröffentlicht, erscheint es hier.',
    by: (publisher) => `von ${publisher}`,
    needs: 'Arbeitet mit',
    needsNothing: 'Braucht keine Apps',
    optional: 'optional',
    optionalApp: (app) => `${app} (optional)`,
    unavailable: (apps, count) => `${apps} ${count === 1 ? 'ist' : 'sind'} noch nicht verfügbar.`,
    start: 'Einrichten',
  },

  setupStatus: {
    IN_PROGRESS: 'In Arbeit',
    READY: 'Bereit',
    NEEDS_ATTENTION: 'Braucht Aufmerksamkeit',
    NEEDS_PERMISSIONS: 'Braucht Berechtigungen',
    UNAVAILABLE: 'App nicht verfügbar',
  },
  setupAction: {
    continue: 'Weiter einrichten',
    grant: 'Berechtigungen erteilen',
    open: 'Öffnen',
    reconnect: 'Neu verbinden',
  },

  plugin: {
    skills: 'Was das Plugin kann',
    apps: 'Apps, mit denen es arbeitet',
    noApps: 'Apps',
    version: (version) => `Version\u00a0${version}`,
    unavailable: (apps, count) =>
      count === 1
        ? `${apps} ist noch nicht verfügbar. Dein Admin-Team muss die App einrichten, bevor du fertig werden kannst.`
        : `${apps} sind noch nicht verfügbar. Dein Admin-Team muss die Apps einrichten, bevor du fertig werden kannst.`,
    copied:
      'Mit dem Einrichten kommen die Skills des Plugins zu „Meine Skills“. Du kannst jederzeit aufhören und später weitermachen.',
  },

  setup: {
    breadcrumb: 'Alle Plugins',
    steps: 'Verbinde deine Apps',
    stepsDone: 'Deine Apps',
    optionalSteps: 'Optional',
    optionalLead: 'Das Plugin funktioniert auch ohne diese Apps. Mit ihnen kann es mehr.',
    progress: (connected, required, lacking, hasOptional) => {
      if (lacking === 0 && hasOptional) {
        return `${connected}\u00a0von\u00a0${required}\u00a0nötigen ${required === 1 ? 'App' : 'Apps'} verbunden`
      }
      if (lacking === 0) return `${connected}\u00a0von\u00a0${required}\u00a0verbunden`
      if (required === 1) return 'Verbunden, braucht Berechtigungen'
      const readyOf = `${connected - lacking}\u00a0von\u00a0${required}\u00a0bereit`
      return `${readyOf}, ${lacking}\u00a0${lacking === 1 ? 'braucht' : 'brauchen'} Berechtigungen`
    },
    progressLabel: 'Nötige Apps, die bereit sind',
    skills: 'Deine Skills',
    skillsLead: 'Du hast sie schon in „Meine Skills“.',
    permissions: 'Berechtigungen',
    missing: 'Noch nicht erteilt',
    ready: (plugin) => `${plugin} ist bereit`,
    readyLead: {
      whole: () => 'Alles Nötige ist da. Dein Assistent kann die Skills jetzt nutzen.',
      connect: (apps) => `Verbinde ${apps}, damit das Plugin mehr kann.`,
      reconnect: (apps) => `Verbinde ${apps} neu, damit das Plugin mehr kann.`,
      grant: (apps) => `Erteile Berechtigungen für ${apps}, damit das Plugin mehr kann.`,
      several: (apps) => `Das Plugin funktioniert, aber ${apps} brauchen deine Aufmerksamkeit.`,
      administrator: () => 'Einige Skills warten auf optionale Apps, die nur dein Admin-Team einrichten kann.',
    },
    attention: (apps, count) => `${apps} ${count === 1 ? 'braucht' : 'brauchen'} deine Aufmerksamkeit.`,
    onlyAdministrator: (apps) => `Bei ${apps} kann nur dein Admin-Team weiterhelfen.`,
    toMine: 'Zu meinen Skills',
    toPlugins: 'Alle Plugins',
    remove: 'Einrichtung entfernen',
    removeConfirm: 'Entfernen',
    removeTitle: (plugin) => `Einrichtung von ${plugin} entfernen?`,
    removeLead: 'Deine Verbindungen bleiben. Andere Plugins nutzen sie weiter.',
    removeKeep: 'Skills in „Meine Skills“ behalten',
    removed: 'Einrichtung entfernt.',
    removedElsewhere: 'Diese Einrichtung wurde in einem anderen Fenster entfernt.',
  },

  stepStatus: {
    NOT_CONNECTED: 'Nicht verbunden',
    AUTHORIZING: 'Wartet auf dich',
    LIVE: 'Aktiv',
    MISSING_SCOPES: 'Braucht Berechtigungen',
    EXPIRED: 'Abgelaufen',
    BROKEN: 'Unterbrochen',
    UNAVAILABLE: 'Nicht verfügbar',
  },

  remedy: {
    CONNECT: (app) => `${app} verbinden`,
    REAUTHORIZE: (app) => `${app} neu verbinden`,
    GRANT_SCOPES: () => 'Berechtigungen erteilen',
    WAIT: (app) => `${app} verbinden`,
    ASK_OPERATOR: (app) => `${app} verbinden`,
  },

  ask: {
    title: (app) => `${app} verbinden`,
    lead: (app) => `Ergänze die Adresse, unter der du ${app} nutzt.`,
    choose: 'Bitte auswählen',
    action: 'Weiter',
    missing: 'Dieser Teil der Adresse fehlt noch.',
    invalid: (example) => `Gib nur den fehlenden Teil ein, zum Beispiel ${example}.`,
  },

  refusal: {
    NotFoundError: 'Das gibt es nicht mehr. Lade die Seite neu und versuch es noch einmal.',
    ForbiddenError: 'Das geht auf dieser Seite nicht. Wende dich an den Support.',
    BindingImpossibleError: 'Auf dieser Seite lassen sich keine Apps verbinden. Wende dich an den Support.',
    InvalidReturnToError: 'Auf dieser Seite lassen sich keine Apps verbinden. Wende dich an den Support.',
    InvalidVariablesError:
      'Etwas an der Adresse der App stimmt nicht. Versuch es noch einmal und prüf, was du eingibst.',
    ConnectorNotRequiredError: 'Diese Einrichtung braucht die App nicht mehr. Lade die Seite neu.',
    ConnectorUnavailableError: 'Diese App lässt sich noch nicht verbinden. Bitte dein Admin-Team, sie einzurichten.',
    VaultUnavailableError:
      'Der gespeicherte Zugriff ist gerade nicht verfügbar. Versuch es später noch einmal. Wenn es wieder nicht klappt, wende dich an dein Admin-Team.',
    PluginRetiredError:
      'Dieses Plugin wurde zurückgezogen und lässt sich nicht mehr einrichten. Was du schon eingerichtet hast, funktioniert weiter.',
    TooManyAuthorizationsError:
      'Du verbindest gerade zu viele Apps gleichzeitig. Verbinde eine davon zu Ende, brich eine ab oder warte zehn Minuten.',
    AuthorizationEndedError: 'Das ist schon beendet. Fang noch einmal an.',
    TOO_MANY_REQUESTS: 'Das waren zu viele Versuche. Warte eine Minute und versuch es dann noch einmal.',
  },
  unchecked: {
    AppUnavailableError: (app) =>
      `${app} war nicht erreichbar. Deshalb wurde die Verbindung nicht geprüft. Versuch es später noch einmal.`,
    ClientRefusedError: (app) =>
      `${app} ist hier nicht richtig eingerichtet. Deshalb ließ sich die Verbindung nicht prüfen. Bitte dein Admin-Team, Client-ID und Client-Secret zu prüfen. Du musst nichts neu verbinden.`,
  },

  problem: {
    ACCESS_EXPIRED: (app) => `Der Zugriff auf ${app} ist abgelaufen`,
    ACCESS_REVOKED: (app) => `Der Zugriff auf ${app} wurde widerrufen`,
    RENEWAL_REFUSED: (app) => `${app} verlängert deinen Zugriff nicht mehr`,
    REFRESH_INTERRUPTED: (app) => `Beim Verlängern des Zugriffs auf ${app} ist etwas dazwischengekommen`,
  },
  reconnectToContinue: 'Verbinde die App neu, um weiterzumachen.',

  failure: failures,

  step: {
    tryAgain: 'Noch einmal versuchen',
    opening: (app) => `${app} wird geöffnet …`,
    leaving: (app) => `Weiter zu ${app} …`,
    waiting: (app) => `Mach im Fenster von ${app} weiter`,
    waitingElsewhere: {
      connect: (app) => `Du verbindest ${app} gerade in einem anderen Fenster oder auf einem anderen Gerät.`,
      another: (app) =>
        `Du verbindest gerade ein weiteres Konto von ${app} in einem anderen Fenster oder auf einem anderen Gerät.`,
      reconnect: (app) => `Du verbindest ${app} gerade in einem anderen Fenster oder auf einem anderen Gerät neu.`,
      grant: (app) =>
        `Du erteilst gerade Berechtigungen für ${app} in einem anderen Fenster oder auf einem anderen Gerät.`,
    },
    choosing: (app) => `Wähl im Fenster von ${app} aus, was du verbinden möchtest`,
    choosingElsewhere: (app) =>
      `Du wählst gerade in einem anderen Fenster oder auf einem anderen Gerät aus, was du bei ${app} verbinden möchtest.`,
    closed: 'Fenster zu? Du kannst es wieder öffnen.',
    reopen: 'Wieder öffnen',
    continueHere: 'Hier weitermachen',
    checking: (app) => `Wir fragen bei ${app} nach …`,
    deadline: (time) => `Läuft um ${time} ab`,
    signInHint: (app) =>
      `Du siehst keine Seite zum Zustimmen? Melde dich zuerst bei ${app} an und komm dann hierher zurück.`,
    signIn: (app) => `Bei ${app} anmelden`,
    connectedAs: (account) => `Verbunden als ${account}`,
    connected: 'Verbunden',
    recognized: 'Diese App hast du schon früher verbunden. Hier ist nichts zu tun.',
    unavailable: 'Diese App ist noch nicht verfügbar. Dein Admin-Team muss sie zuerst einrichten.',
    asksForMore: (app) => `Du hast ${app} schon verbunden. Dieses Plugin braucht weitere Berechtigungen.`,
    account: 'Konto',
    chooseAccount: 'Konto auswählen',
    anotherAccount: 'Weiteres Konto verbinden',
    chosen: (account) => `Diese Einrichtung nutzt jetzt ${account}.`,
  },
  announce: {
    live: (app, next) => (next ? `${app} ist aktiv. Als Nächstes: ${next}.` : `${app} ist aktiv.`),
    ready: (plugin) => `${plugin} ist bereit.`,
    waiting: (app) => `Mach im Fenster von ${app} weiter.`,
    choosing: (app) => `Wähl im Fenster von ${app} aus, was du verbinden möchtest.`,
    checking: (app) => `Wir fragen bei ${app} nach.`,
    broken: (app) => `${app} braucht deine Aufmerksamkeit.`,
  },

  mine: {
    title: 'Meine Skills',
    lead: 'Deine eigenen Kopien der Skills. Du kannst sie behalten, wenn du eine Einrichtung entfernst.',
    empty: 'Du hast noch keine Skills',
    emptyLine: 'Richte ein Plugin ein, und seine Skills gehören sofort dir.',
    toPlugins: 'Plugins ansehen',
    ready: 'Bereit',
    needs: {
      connect: 'Wartet auf',
      reconnect: 'Braucht wieder eine Verbindung zu',
      grant: 'Braucht Berechtigungen für',
    },
    instructions: 'Anleitung',
    copied: (when, version) => `Kopiert: ${when}, Version\u00a0${version}`,
  },

  identityScope: {
    openid: 'Sehen, welches Konto deins ist',
    email: 'Deine E-Mail-Adresse sehen',
    profile: 'Deinen Namen und dein Bild sehen',
    offline_access: 'Verbunden bleiben, auch wenn du nicht da bist',
  },

  connections: {
    title: 'Verbindungen',
    lead: 'Deine verbundenen Konten. Nur du und dein Assistent können sie nutzen.',
    empty: 'Keine App ist verbunden',
    emptyLine: 'Wähl ein Plugin aus, um zu sehen, welche Apps es braucht, oder verbinde unten eine App.',
    others: 'Weitere Apps',
    apps: 'Apps',
    othersLead:
      'Du kannst diese Apps auch hier verbinden. Ein Plugin fragt vielleicht noch nach weiteren Berechtigungen.',
    status: { LIVE: 'Aktiv', EXPIRED: 'Abgelaufen', BROKEN: 'Unterbrochen' },
    defaultAccount: 'Standard',
    unknownAccount: 'Unbekanntes Konto',
    verified: (when) => `Zuletzt geprüft: ${when}`,
    neverVerified: 'Seit dem Verbinden nicht geprüft',
    renews: (when) => `Der Zugriff verlängert sich automatisch, spätestens am ${when}`,
    connectedAt: (when) => `Verbunden am ${when}`,
    since: (when) => `Seit ${when}`,
    usedBy: 'Genutzt von',
    usedByNone: 'Von keinem Plugin genutzt',
    lacksPermissions: 'braucht Berechtigungen',
    details: 'Details anzeigen',
    hideDetails: 'Details ausblenden',
    allowed: 'Berechtigungen',
    allowedUnknown: 'Dazu sagt die App nichts.',
    actions: (app, account) => `Aktionen für ${app}, ${account}`,
    verify: 'Jetzt prüfen',
    verifying: 'Wird geprüft …',
    verifiedNow: (app) => `${app} hat die Verbindung bestätigt.`,
    reconnect: 'Neu verbinden',
    another: 'Weiteres Konto verbinden',
    connect: 'Verbinden',
    disconnect: 'Trennen',
    disconnectTitle: (app, account) => `Verbindung von ${account} mit ${app} trennen?`,
    disconnectLead: (app) =>
      `Der Zugriff wird bei ${app} widerrufen, und die Zugangsdaten werden hier gelöscht. Du kannst die App jederzeit neu verbinden.`,
    disconnectLeadHere: (app) =>
      `Die Zugangsdaten werden hier gelöscht. Bei ${app} bleibt der Zugriff aufgeführt, bis du ihn dort in den Einstellungen entfernst. Du kannst die App jederzeit neu verbinden.`,
    impact: 'Das ist betroffen',
    impactSetup: (plugin) => `${plugin} bittet dich, die App neu zu verbinden.`,
    impactSkills: (plugin, count) =>
      `${plugin} bittet dich, die App neu zu verbinden. Bis dahin ${count === 1 ? 'funktioniert dieser Skill' : 'funktionieren diese Skills'} nicht:`,
    impactOptional: (plugin) => `${plugin} funktioniert auch ohne die App.`,
    impactOptionalSkills: (plugin, count) =>
      `${plugin} funktioniert auch ohne die App, nur ${count === 1 ? 'dieser Skill' : 'diese Skills'} nicht:`,
    impactOther: (plugin) => `${plugin} nutzt ein anderes Konto oder bittet dich, die App neu zu verbinden.`,
    impactOtherSkills: (plugin, count) =>
      `${plugin} nutzt ein anderes Konto oder bittet dich, die App neu zu verbinden. Bis dahin ${count === 1 ? 'funktioniert dieser Skill' : 'funktionieren diese Skills'} vielleicht nicht:`,
    impactNone: 'Kein Plugin nutzt die Verbindung.',
    disconnected: (app, account) => `${account} ist nicht mehr mit ${app} verbunden.`,
    disconnectedLead: (app) => `Die Zugangsdaten sind hier gelöscht, und der Zugriff wird bei ${app} widerrufen.`,
    disconnectedLeadHere: (app) =>
      `Die Zugangsdaten sind hier gelöscht. Bei ${app} bleibt der Zugriff aufgeführt, bis du ihn dort in den Einstellungen entfernst.`,
    neededBy: 'Wird noch gebraucht von',
    dismiss: 'Ausblenden',
  },

  activity: {
    title: 'Aktivität',
    lead: 'Was mit deinen Verbindungen und Plugins passiert ist.',
    empty: 'Bisher ist nichts passiert',
    kind: {
      SETUP_STARTED: 'Du hast angefangen, {name} einzurichten',
      SETUP_REMOVED: 'Du hast die Einrichtung von {name} entfernt',
      AUTHORIZATION_STARTED: 'Du hast angefangen, {name} zu verbinden',
      AUTHORIZATION_DENIED: 'Du hast den Zugriff auf {name} abgelehnt',
      AUTHORIZATION_FAILED: '{name} konnte nicht verbunden werden',
      AUTHORIZATION_EXPIRED: 'Von {name} kam keine Antwort',
      AUTHORIZATION_CANCELED: 'Du hast das Verbinden mit {name} abgebrochen',
      CONNECTED: 'Du hast {name} verbunden',
      REAUTHORIZED: 'Du hast {name} neu verbunden',
      CONNECTION_CHOSEN: 'Du hast ein Konto für {name} ausgewählt',
      CONNECTION_REFRESHED: 'Der Zugriff auf {name} wurde verlängert',
      CONNECTION_EXPIRED: 'Der Zugriff auf {name} ist abgelaufen',
      CONNECTION_BROKEN: '{name} muss neu verbunden werden',
      TOKEN_ISSUED: 'Ein Token für {name} wurde ausgestellt',
      DISCONNECTED: 'Du hast {name} getrennt',
    },
    repair: {
      AUTHORIZATION_STARTED: 'Du hast angefangen, {name} neu zu verbinden',
      AUTHORIZATION_FAILED: '{name} konnte nicht neu verbunden werden',
      AUTHORIZATION_CANCELED: 'Du hast das erneute Verbinden mit {name} abgebrochen',
    },
    otherAccount: 'Du hast dich bei {name} mit einem anderen Konto angemeldet, deshalb hat sich nichts geändert',
    permissionsAdded: 'Du hast weitere Berechtigungen für {name} erteilt',
    issuedTo: (key) => `an ${key}`,
  },
}
