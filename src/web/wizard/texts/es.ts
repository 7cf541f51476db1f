import { failures } from '../../../languages/failures/es.js'
import type { Texts } from './en.js'

export const es: Texts = {
  language: 'es',
  direction: 'ltr',
  skipToContent: 'Ir al contenido',

  navigation: { label: 'Principal', plugins: 'Plugins', mine: 'Mis habilidades', connections: 'Conexiones' },
  person: {
    label: 'Cuenta',
    demo: 'Demo',
    staging: 'Pruebas',
    signOut: 'Salir del entorno de pruebas',
    switchTo: 'Cambiar de persona',
    development: 'Para desarrollo',
    sandbox: 'Sandbox: haz fallar las apps',
    explorer: 'GraphiQL: explora la API',
  },
  languages: { label: 'Idioma', browser: 'Automático' },
  theme: { label: 'Tema', system: 'Automático', light: 'Claro', dark: 'Oscuro' },

  away: {
    offline: 'No tienes conexión. La página se actualizará cuando la recuperes.',
    unreachable: 'No podemos conectar con el servidor. La página se actualizará cuando vuelva la conexión.',
    back: 'Ya tienes conexión y la página está al día.',
  },
  signedOut: {
    title: 'Se cerró tu sesión',
    line: 'Inicia sesión para continuar.',
    lineElsewhere: 'Inicia sesión en otra ventana y vuelve aquí.',
    signIn: 'Iniciar sesión',
    retry: 'Ya inicié sesión',
  },
  failed: {
    title: 'No se pudo cargar la página',
    unreached: 'El servidor no respondió. Lo intentaremos de nuevo en cuanto podamos.',
    refused: 'Algo falló en el servidor. Seguiremos intentándolo.',
    retry: 'Intentar ahora',
  },
  trouble: {
    unreached: 'El servidor no respondió. Inténtalo de nuevo.',
    refused: 'Algo falló en el servidor. Inténtalo de nuevo.',
  },
  notFound: {
    title: 'No encontramos esta página',
    line: 'No hay nada en esta dirección. Puede que el enlace sea antiguo.',
    back: 'Ir a los plugins',
  },
  loading: 'Cargando',
  more: 'Mostrar más',
  cancel: 'Cancelar',
  justNow: 'ahora mismo',
  list: (names) => new Intl.ListFormat('es').format(names),

  welcome: {
    title: 'Conecta tus apps una sola vez',
    lead: 'Después, tu asistente podrá trabajar con ellas. Tú decides qué app y qué cuenta, y puedes desconectarlas cuando quieras.',
    steps: ['Elige un plugin', 'Conecta sus apps', 'Usa sus habilidades'],
    start: (plugin) => `Empezar con ${plugin}`,
  },

  plugins: {
    title: 'Plugins',
    lead: 'Lo que tu asistente puede hacer por ti.',
    search: 'Buscar plugins',
    clear: 'Borrar la búsqueda',
    found: (count) => (count === 1 ? '1 plugin encontrado' : `${count} plugins encontrados`),
    none: (search) => `Ningún plugin coincide con «${search}»`,
    noneLine: 'Prueba con otra palabra o borra la búsqueda para ver todos los plugins.',
    empty: 'Todavía no hay plugins',
    emptyLine: 'Cuando tu equipo de administración publique uno, aparecerá aquí.',
    by: (publisher) => `de ${publisher}`,
    needs: 'Funciona con',
    needsNothing: 'No necesita apps',
    optional: 'opcional',
    optionalApp: (app) => `${app} (opcional)`,
    unavailable: (apps, count) => `${apps} todavía no ${count === 1 ? 'está disponible' : 'están disponibles'}.`,
    start: 'Configurar',
  },

  setupStatus: {
    IN_PROGRESS: 'En curso',
    READY: 'Listo',
    NEEDS_ATTENTION: 'Necesita tu atención',
    NEEDS_PERMISSIONS: 'Necesita permisos',
    UNAVAILABLE: 'App no disponible',
  },
  setupAction: {
    continue: 'Seguir configurando',
    grant: 'Conceder permisos',
    open: 'Abrir',
    reconnect: 'Volver a conectar',
  },

  plugin: {
    skills: 'Lo que puede hacer',
    apps: 'Apps con las que funciona',
    noApps: 'Apps',
    version: (version) => `Versión\u00a0${version}`,
    unavailable: (apps, count) =>
      count === 1
        ? `${apps} todavía no está disponible. Tu equipo de administración tiene que configurarla para que puedas terminar.`
        : `${apps} todavía no están disponibles. Tu equipo de administración tiene que configurarlas para que puedas terminar.`,
    copied:
      'Al configurarlo, sus habilidades se añaden a «Mis habilidades». Puedes salir cuando quieras y volver después.',
  },

  setup: {
    breadcrumb: 'Todos los plugins',
    steps: 'Conecta tus apps',
    stepsDone: 'Tus apps',
    optionalSteps: 'Opcionales',
    optionalLead: 'El plugin funciona sin estas apps, pero con ellas puede hacer más.',
    progress: (connected, required, lacking, hasOptional) => {
      if (lacking === 0 && hasOptional) {
        return `${connected}\u00a0de\u00a0${required}\u00a0${required === 1 ? 'app necesaria conectada' : 'apps necesarias conectadas'}`
      }
      if (lacking === 0) {
        return `${connected}\u00a0de\u00a0${required}\u00a0${required === 1 ? 'conectada' : 'conectadas'}`
      }
      if (required === 1) return 'Conectada, necesita permisos'
      const readyOf = `${connected - lacking}\u00a0de\u00a0${required}\u00a0listas`
      return `${readyOf}, ${lacking}\u00a0${lacking === 1 ? 'necesita' : 'necesitan'} permisos`
    },
    progressLabel: 'Apps necesarias ya listas',
    skills: 'Tus habilidades',
    skillsLead: 'Ya las tienes en «Mis habilidades».',
    permissions: 'Permisos',
    missing: 'Sin conceder',
    ready: (plugin) => `${plugin} está listo`,
    readyLead: {
      whole: () => 'Tiene todo lo que necesita. Tu asistente ya puede usar sus habilidades.',
      connect: (apps) => `Conecta ${apps} para que el plugin pueda hacer más.`,
      reconnect: (apps) => `Vuelve a conectar ${apps} para que el plugin pueda hacer más.`,
      grant: (apps) => `Concede permisos para ${apps} y el plugin podrá hacer más.`,
      several: (apps) => `Funciona, pero ${apps} necesitan tu atención.`,
      administrator: () =>
        'Algunas habilidades esperan apps opcionales que solo tu equipo de administración puede configurar.',
    },
    attention: (apps, count) => `${apps} ${count === 1 ? 'necesita' : 'necesitan'} tu atención.`,
    onlyAdministrator: (apps) => `Solo tu equipo de administración puede ayudarte con ${apps}.`,
    toMine: 'Ver en Mis habilidades',
    toPlugins: 'Todos los plugins',
    remove: 'Quitar configuración',
    removeConfirm: 'Quitar',
    removeTitle: (plugin) => `¿Quitar la configuración de ${plugin}?`,
    removeLead: 'Tus conexiones se quedan. Otros plugins las seguirán usando.',
    removeKeep: 'Conservar sus habilidades en «Mis habilidades»',
    removed: 'Se quitó la configuración.',
    removedElsewhere: 'Esta configuración se quitó en otra ventana.',
  },

  stepStatus: {
    NOT_CONNECTED: 'Sin conectar',
    AUTHORIZING: 'Te está esperando',
    LIVE: 'Activa',
    MISSING_SCOPES: 'Necesita permisos',
    EXPIRED: 'Caducada',
    BROKEN: 'Interrumpida',
    UNAVAILABLE: 'No disponible',
  },

  remedy: {
    CONNECT: (app) => `Conectar ${app}`,
    REAUTHORIZE: (app) => `Volver a conectar ${app}`,
    GRANT_SCOPES: () => 'Conceder permisos',
    WAIT: (app) => `Conectar ${app}`,
    ASK_OPERATOR: (app) => `Conectar ${app}`,
  },

  ask: {
    title: (app) => `Conectar ${app}`,
    lead: (app) => `Completa la dirección en la que usas ${app}.`,
    choose: 'Elige una opción',
    action: 'Continuar',
    missing: 'Falta esta parte de la dirección.',
    invalid: (example) => `Escribe solo la parte que falta, por ejemplo ${example}.`,
  },

  refusal: {
    NotFoundError: 'Esto ya no está disponible. Recarga la página y vuelve a intentarlo.',
    ForbiddenError: 'No puedes hacer esto en esta página. Avisa a soporte.',
    BindingImpossibleError: 'Desde esta página no se pueden conectar apps. Avisa a soporte.',
    InvalidReturnToError: 'Desde esta página no se pueden conectar apps. Avisa a soporte.',
    InvalidVariablesError: 'Algo no está bien en la dirección de la app. Vuelve a intentarlo y revisa lo que escribes.',
    ConnectorNotRequiredError: 'Esta configuración ya no usa la app. Recarga la página.',
    ConnectorUnavailableError:
      'Esta app todavía no se puede conectar. Pide a tu equipo de administración que la configure.',
    VaultUnavailableError:
      'El acceso guardado no está disponible ahora mismo. Vuelve a intentarlo más tarde. Si sigue sin funcionar, avisa a tu equipo de administración.',
    PluginRetiredError:
      'Este plugin se ha retirado y ya no se puede configurar. Lo que ya configuraste sigue funcionando.',
    TooManyAuthorizationsError:
      'Estás conectando demasiadas apps a la vez. Termina o cancela una, o espera diez minutos.',
    AuthorizationEndedError: 'Esto ya terminó. Vuelve a empezar.',
    TOO_MANY_REQUESTS: 'Lo has intentado demasiadas veces. Espera un minuto y vuelve a intentarlo.',
  },
  unchecked: {
    AppUnavailableError: (app) =>
      `No se pudo contactar con ${app}, así que la conexión no se comprobó. Vuelve a intentarlo más tarde.`,
    ClientRefusedError: (app) =>
      `${app} no está bien configurada aquí, así que la conexión no se pudo comprobar. Pide a tu equipo de administración que revise el ID y el secreto de cliente. No hace falta que vuelvas a conectarla.`,
  },

  problem: {
    ACCESS_EXPIRED: (app) => `Tu acceso a ${app} ha caducado`,
    ACCESS_REVOKED: (app) => `Se revocó tu acceso a ${app}`,
    RENEWAL_REFUSED: (app) => `${app} ya no renueva tu acceso`,
    REFRESH_INTERRUPTED: (app) => `Se interrumpió la renovación del acceso a ${app}`,
  },
  reconnectToContinue: 'Vuelve a conectar la app para continuar.',

  failure: failures,

  step: {
    tryAgain: 'Volver a intentarlo',
    opening: (app) => `Abriendo ${app}…`,
    leaving: (app) => `Yendo a ${app}…`,
    waiting: (app) => `Continúa en la ventana de ${app}`,
    waitingElsewhere: {
      connect: (app) => `Estás conectando ${app} en otra ventana o en otro dispositivo.`,
      another: (app) => `Estás añadiendo una cuenta de ${app} en otra ventana o en otro dispositivo.`,
      reconnect: (app) => `Estás volviendo a conectar ${app} en otra ventana o en otro dispositivo.`,
      grant: (app) => `Estás concediendo permisos para ${app} en otra ventana o en otro dispositivo.`,
    },
    choosing: (app) => `Elige qué conectar en la ventana de ${app}`,
    choosingElsewhere: (app) => `Estás eligiendo qué conectar en ${app}, en otra ventana o en otro dispositivo.`,
    closed: '¿La cerraste? Puedes volver a abrirla.',
    reopen: 'Volver a abrir',
    continueHere: 'Continuar aquí',
    checking: (app) => `Comprobando con ${app}…`,
    deadline: (time) => `Caduca a ${/^0?1:/.test(time) ? 'la' : 'las'} ${time}`,
    signInHint: (app) => `¿No ves la página para dar acceso? Inicia sesión en ${app} y vuelve aquí.`,
    signIn: (app) => `Iniciar sesión en ${app}`,
    connectedAs: (account) => `Conectada como ${account}`,
    connected: 'Conectada',
    recognized: 'Ya la conectaste antes, así que no tienes que hacer nada.',
    unavailable: 'Esta app todavía no está disponible. Tu equipo de administración tiene que configurarla primero.',
    asksForMore: (app) => `Ya conectaste ${app}. Este plugin necesita más permisos.`,
    account: 'Cuenta',
    chooseAccount: 'Elige una cuenta',
    anotherAccount: 'Conectar otra cuenta',
    chosen: (account) => `Esta configuración usa ahora ${account}.`,
  },
  announce: {
    live: (app, next) => (next ? `${app} está activa. Siguiente: ${next}.` : `${app} está activa.`),
    ready: (plugin) => `${plugin} está listo.`,
    waiting: (app) => `Continúa en la ventana de ${app}.`,
    choosing: (app) => `Elige qué conectar en la ventana de ${app}.`,
    checking: (app) => `Comprobando con ${app}.`,
    broken: (app) => `${app} necesita tu atención.`,
  },

  mine: {
    title: 'Mis habilidades',
    lead: 'Tus propias copias de las habilidades. Puedes conservarlas cuando quites una configuración.',
    empty: 'Todavía no tienes habilidades',
    emptyLine: 'Configura un plugin y sus habilidades serán tuyas al momento.',
    toPlugins: 'Ver plugins',
    ready: 'Lista',
    needs: {
      connect: 'A la espera de',
      reconnect: 'Necesita que vuelvas a conectar',
      grant: 'Necesita permisos para',
    },
    instructions: 'Instrucciones',
    copied: (when, version) => `Copia hecha ${when}, versión\u00a0${version}`,
  },

  identityScope: {
    openid: 'Ver cuál es tu cuenta',
    email: 'Ver tu correo electrónico',
    profile: 'Ver tu nombre y tu foto',
    offline_access: 'Mantener la conexión cuando no estés',
  },

  connections: {
    title: 'Conexiones',
    lead: 'Las cuentas que has conectado. Nadie más que tú y tu asistente puede usarlas.',
    empty: 'No hay apps conectadas',
    emptyLine: 'Elige un plugin para ver qué apps necesita o conecta una app aquí abajo.',
    others: 'Otras apps',
    apps: 'Apps',
    othersLead: 'También puedes conectar estas apps aquí. Puede que un plugin pida más permisos después.',
    status: { LIVE: 'Activa', EXPIRED: 'Caducada', BROKEN: 'Interrumpida' },
    defaultAccount: 'Predeterminada',
    unknownAccount: 'Cuenta desconocida',
    verified: (when) => `Comprobada ${when}`,
    neverVerified: 'Sin comprobar desde que la conectaste',
    renews: (when) => `El acceso se renueva automáticamente antes del ${when}`,
    connectedAt: (when) => `Conectada el ${when}`,
    since: (when) => `Desde el ${when}`,
    usedBy: 'Se usa en',
    usedByNone: 'No la usa ningún plugin',
    lacksPermissions: 'necesita permisos',
    details: 'Mostrar detalles',
    hideDetails: 'Ocultar detalles',
    allowed: 'Permisos',
    allowedUnknown: 'La app no lo dice.',
    actions: (app, account) => `Acciones para ${app}, ${account}`,
    verify: 'Comprobar ahora',
    verifying: 'Comprobando…',
    verifiedNow: (app) => `${app} confirmó la conexión.`,
    reconnect: 'Volver a conectar',
    another: 'Conectar otra cuenta',
    connect: 'Conectar',
    disconnect: 'Desconectar',
    disconnectTitle: (app, account) => `¿Desconectar ${account} de ${app}?`,
    disconnectLead: (app) =>
      `Se revocará el acceso en ${app} y se borrarán aquí sus credenciales. Puedes volver a conectarla cuando quieras.`,
    disconnectLeadHere: (app) =>
      `Se borrarán aquí las credenciales. ${app} seguirá mostrando el acceso hasta que lo quites en sus ajustes. Puedes volver a conectarla cuando quieras.`,
    impact: 'Esto es lo que cambia',
    impactSetup: (plugin) => `${plugin} te pedirá que vuelvas a conectar la app.`,
    impactSkills: (plugin, count) =>
      `${plugin} te pedirá que vuelvas a conectar la app. Hasta entonces, ${count === 1 ? 'esta habilidad no funcionará' : 'estas habilidades no funcionarán'}:`,
    impactOptional: (plugin) => `${plugin} funciona sin ella.`,
    impactOptionalSkills: (plugin, count) =>
      `${plugin} funciona sin ella, salvo ${count === 1 ? 'esta habilidad' : 'estas habilidades'}:`,
    impactOther: (plugin) => `${plugin} usará otra cuenta o te pedirá que vuelvas a conectar la app.`,
    impactOtherSkills: (plugin, count) =>
      `${plugin} usará otra cuenta o te pedirá que vuelvas a conectar la app. Hasta entonces, puede que ${count === 1 ? 'esta habilidad no funcione' : 'estas habilidades no funcionen'}:`,
    impactNone: 'Ningún plugin la usa.',
    disconnected: (app, account) => `${account} ya no está conectada con ${app}.`,
    disconnectedLead: (app) => `Las credenciales se borraron aquí y se está revocando el acceso en ${app}.`,
    disconnectedLeadHere: (app) =>
      `Las credenciales se borraron aquí. ${app} seguirá mostrando el acceso hasta que lo quites en sus ajustes.`,
    neededBy: 'Sigue siendo necesaria para',
    dismiss: 'Descartar',
  },

  activity: {
    title: 'Actividad',
    lead: 'Lo que ha pasado con tus conexiones y plugins.',
    empty: 'Todavía no ha pasado nada',
    kind: {
      SETUP_STARTED: 'Empezaste a configurar {name}',
      SETUP_REMOVED: 'Quitaste la configuración de {name}',
      AUTHORIZATION_STARTED: 'Empezaste a conectar {name}',
      AUTHORIZATION_DENIED: 'Rechazaste el acceso a {name}',
      AUTHORIZATION_FAILED: 'No se pudo conectar {name}',
      AUTHORIZATION_EXPIRED: '{name} no respondió',
      AUTHORIZATION_CANCELED: 'Cancelaste la conexión con {name}',
      CONNECTED: 'Conectaste {name}',
      REAUTHORIZED: 'Volviste a conectar {name}',
      CONNECTION_CHOSEN: 'Elegiste una cuenta para {name}',
      CONNECTION_REFRESHED: 'Se renovó el acceso a {name}',
      CONNECTION_EXPIRED: 'Tu acceso a {name} ha caducado',
      CONNECTION_BROKEN: 'Hay que volver a conectar {name}',
      TOKEN_ISSUED: 'Se emitió un token para {name}',
      DISCONNECTED: 'Desconectaste {name}',
    },
    repair: {
      AUTHORIZATION_STARTED: 'Empezaste a volver a conectar {name}',
      AUTHORIZATION_FAILED: 'No se pudo volver a conectar {name}',
      AUTHORIZATION_CANCELED: 'Cancelaste la nueva conexión con {name}',
    },
    otherAccount: 'Iniciaste sesión en {name} con otra cuenta, así que nada ha cambiado',
    permissionsAdded: 'Concediste más permisos para {name}',
    issuedTo: (key) => `para ${key}`,
  },
}
