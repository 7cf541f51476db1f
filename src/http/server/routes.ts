import type { IncomingMessage } from 'node:http'
import { WIZARD_PATHS } from '../wizard/paths.js'

export const METRICS_PATH = '/metrics'

interface Route {
  /** For labels. */
  name: string
  /** For spans: the path, with names in place of what differs. */
  template: string
  /** Nothing happens that anybody wants a trace of. */
  untraced?: boolean
  /** Opened by people: under the one name that cookies and redirects belong to. */
  page?: boolean
}

const ROUTES: readonly (Route & { pattern: RegExp })[] = [
  { name: 'graphql', template: '/graphql', page: true, pattern: /^\/graphql$/ },
  { name: 'connect', template: '/connect/:authorization', pattern: /^\/connect\/[^/]+$/ },
  { name: 'result', template: '/connect/:authorization/result', pattern: /^\/connect\/[^/]+\/result$/ },
  { name: 'callback', template: '/oauth/callback/:connector', pattern: /^\/oauth\/callback\/[^/]+$/ },
  {
    name: 'health',
    template: '/health',
    untraced: true,
    pattern: /^\/(health|healthz|live|livez|ready|readyz)(\/[a-z]+)?$/,
  },
  { name: 'metrics', template: METRICS_PATH, untraced: true, pattern: /^\/metrics$/ },
  { name: 'development', template: '/development/token', pattern: /^\/development\/token$/ },
  ...Object.values(WIZARD_PATHS).map((template) => ({
    name: 'wizard',
    template,
    page: true,
    pattern: new RegExp(`^${template.replace(/:[a-z]+/, '[^/]+')}$`),
  })),
  { name: 'asset', template: '/assets/:file', untraced: true, pattern: /^\/assets\// },
]
const OTHER: Route = { name: 'other', template: '*' }
const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'])

export function pathOf({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}

/** Which of the known routes a path is: nothing of the path itself, which may hold an id. */
export function routeOf(path: string): Route {
  return ROUTES.find(({ pattern }) => pattern.test(path)) ?? OTHER
}

/** The method, if it is one of the usual. */
export function methodOf({ method = '' }: Pick<IncomingMessage, 'method'>): string {
  return METHODS.has(method) ? method : 'OTHER'
}
