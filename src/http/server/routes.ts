import type { IncomingMessage } from 'node:http'
import { CALLBACK_PATH, CONNECT_PATH, choicePath, resultPath } from '../../domain/oauth-urls.js'
import { DEVELOPMENT_TOKEN_PATH } from '../development/development-routes.js'
import { ICON_PATHS } from '../icons/paths.js'
import { SIGN_IN_PATH, SIGN_OUT_PATH } from '../staging/staging-paths.js'
import { WIZARD_PATHS } from '../wizard/paths.js'

export const GRAPHQL_PATH = '/graphql'
export const METRICS_PATH = '/metrics'

interface Route {
  /** For labels. */
  name: string
  /** For spans: the path, with names in place of the variable parts. */
  template: string
  /** Not worth a trace. */
  untraced?: boolean
  /** People open it, so it belongs under the one name that cookies and redirects use. */
  page?: boolean
}

const ROUTES: readonly (Route & { pattern: RegExp })[] = [
  exactly({ name: 'graphql', template: GRAPHQL_PATH, page: true }),
  exactly({ name: 'connect', template: `${CONNECT_PATH}/:authorization` }),
  exactly({ name: 'choice', template: choicePath(':authorization') }),
  exactly({ name: 'result', template: resultPath(':authorization') }),
  exactly({ name: 'callback', template: `${CALLBACK_PATH}/:connector` }),
  {
    name: 'health',
    template: '/health',
    untraced: true,
    pattern: /^\/(health|healthz|live|livez|ready|readyz)(\/[a-z]+)?$/,
  },
  exactly({ name: 'metrics', template: METRICS_PATH, untraced: true }),
  exactly({ name: 'development', template: DEVELOPMENT_TOKEN_PATH }),
  ...[SIGN_IN_PATH, SIGN_OUT_PATH].map((template) => exactly({ name: 'staging', template })),
  ...Object.values(WIZARD_PATHS).map((template) => exactly({ name: 'wizard', template, page: true })),
  ...Object.values(ICON_PATHS).map((template) => exactly({ name: 'icon', template, untraced: true })),
  { name: 'asset', template: '/assets/:file', untraced: true, pattern: /^\/assets\// },
]
const OTHER: Route = { name: 'other', template: '*' }
const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'])

/** A route whose paths match its template. Each name in it stands for one segment. */
function exactly(route: Route): Route & { pattern: RegExp } {
  return { ...route, pattern: new RegExp(`^${route.template.replaceAll(/:[a-z]+/g, '[^/]+')}$`) }
}

export function pathOf({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}

/** Returns the known route of a path, never the path itself, which may contain an id. */
export function routeOf(path: string): Route {
  return ROUTES.find(({ pattern }) => pattern.test(path)) ?? OTHER
}

/** Returns the method if it is a common one. */
export function methodOf({ method = '' }: Pick<IncomingMessage, 'method'>): string {
  return METHODS.has(method) ? method : 'OTHER'
}
