import type { IncomingMessage } from 'node:http'
import { UUID_PATTERN } from '../../domain/formats.js'
import { CALLBACK_PATH, CONNECT_PATH } from '../../domain/oauth-urls.js'
import { type Brand, picturesOf } from '../brand/brand.js'
import { GRAPHQL_PATH, pathOf } from '../server/routes.js'
import { SIGN_IN_PATH, SIGN_OUT_PATH } from './staging-paths.js'

/** Written out exactly, because a path that is only similar, such as one with `..`, may lead elsewhere. */
const OAUTH = new RegExp(`^(?:${CALLBACK_PATH}/[a-z0-9-]+|${CONNECT_PATH}/${UUID_PATTERN}(?:/choice|/result)?)$`)

/**
 * Decides whether Patchbay answers a request without a pass: the API, whose callers have tokens or keys, the pages on the
 * way to a consent screen and back, which are bound to their authorization, the sign-in page, and the pictures and type of
 * these.
 * GraphiQL is at the API's address, but a browser visits it as a page.
 */
export function createIsOpenRequest(brand: Brand): (request: IncomingMessage) => boolean {
  const files = [...picturesOf(brand).map(({ path }) => path), brand.font]
  const paths = new Set([SIGN_IN_PATH, SIGN_OUT_PATH, ...files])
  return (request) => {
    const path = pathOf(request)
    if (path === GRAPHQL_PATH) return !request.headers.accept?.includes('text/html') || request.method === 'POST'
    return OAUTH.test(path) || paths.has(path)
  }
}
