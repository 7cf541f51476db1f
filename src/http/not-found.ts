import type { Context } from 'hono'
import { renderPage } from './oauth/page.js'
import type { TextsFor } from './page-language.js'

/** Answers requests for addresses that don't exist: people get a page, and programs a line. */
export function createNotFound(textsFor: TextsFor): (c: Context) => Response {
  return (c) => {
    const { accept, ...headers } = c.req.header()
    if (!accept?.includes('text/html')) return c.text('Not found.', 404, { 'cache-control': 'no-store' })
    const { body, ...init } = renderPage(textsFor(headers), ({ notFound: { title, line, link } }) => ({
      status: 404,
      title,
      lines: [line],
      tone: 'neutral',
      link: { href: '/', text: link },
    }))
    return new Response(body, init)
  }
}
