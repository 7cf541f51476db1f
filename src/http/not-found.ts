import type { Context } from 'hono'
import type { RenderFor } from './render-for.js'

/**
 * Answers requests for addresses that don't exist: people get a page, and programs a line.
 * @param lost serves the wizard, which says it in the person's language and theme. Without it, the page is one of its own
 */
export function createNotFound(
  renderFor: RenderFor,
  lost?: (c: Context) => Promise<Response>,
): (c: Context) => Response | Promise<Response> {
  return (c) => {
    const { accept, ...headers } = c.req.header()
    if (!accept?.includes('text/html')) return c.text('Not found.', 404, { 'cache-control': 'no-store' })
    if (lost) return lost(c)
    const { body, ...init } = renderFor(headers)(({ notFound: { title, line, link } }) => ({
      status: 404,
      title,
      lines: [line],
      tone: 'neutral',
      link: { href: '/', text: link },
    }))
    return new Response(body, init)
  }
}
