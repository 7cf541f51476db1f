import type { IncomingMessage, ServerResponse } from 'node:http'
import { UUID_PATTERN } from '../../domain/formats.js'
import { CALLBACK_PATH, CONNECT_PATH } from '../../domain/oauth-urls.js'
import type { RenderFor } from '../render-for.js'
import type { AddressOf } from '../server/addresses.js'
import type { Reply } from './page.js'
import type { Visitor, Visits } from './visits.js'

const VISIT = new RegExp(
  `^(?:${CALLBACK_PATH}/(?<connector>[a-z0-9-]+)|${CONNECT_PATH}/(?<authorization>${UUID_PATTERN}))$`,
)
/** Browsers send one of these when they prefetch a page or render a preview. The routes handle that. */
const PURPOSES = ['sec-purpose', 'purpose', 'x-moz']

/**
 * Answers a visit directly on Node's response.
 * @returns false if it did nothing, because it isn't an ordinary visit to the start page or the callback
 */
export type AnswerVisit = (path: string, request: IncomingMessage, response: ServerResponse) => Promise<boolean>

/**
 * The direct way for the two addresses that each authorization visits. Requests and responses of the web would cost
 * about as much as everything else that such a visit does without the database. The routes serve everything else, and
 * their answers are the rule for both.
 */
export function createAnswerVisit(visits: Visits, addressOf: AddressOf, renderFor: RenderFor): AnswerVisit {
  async function replyTo(groups: Record<string, string | undefined>, request: IncomingMessage): Promise<Reply> {
    const { connector = '', authorization } = groups
    const { headers } = request
    const visitor: Visitor = {
      cookies: headers.cookie,
      address: () => addressOf(request),
      render: (pageIn) => renderFor(headers)(pageIn),
    }
    try {
      if (authorization !== undefined) return await visits.connect(authorization, visitor)
      return await visits.callback(connector, new URL(request.url ?? '', 'http://localhost').searchParams, visitor)
    } catch (error) {
      return visits.failed(error, visitor)
    }
  }

  return async (path, request, response) => {
    if (request.method !== 'GET' || PURPOSES.some((name) => request.headers[name] !== undefined)) return false
    const groups = VISIT.exec(path)?.groups
    if (!groups) return false
    const { status, headers, body } = await replyTo(groups, request)
    const length = body === null ? {} : { 'content-length': Buffer.byteLength(body) }
    response.writeHead(status, { ...headers, ...length }).end(body)
    return true
  }
}
