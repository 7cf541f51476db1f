import type { Context } from 'hono'
import { renderPage } from './oauth/page.js'

/** Answers a request for an address that doesn't exist: people get a page, and programs a line. */
export function notFound(c: Context): Response {
  if (!c.req.header('accept')?.includes('text/html')) return c.text('Not found.', 404, { 'cache-control': 'no-store' })
  const { body, ...init } = renderPage({
    status: 404,
    title: 'Page not found',
    lines: ['There’s nothing at this address. The link may be out of date.'],
    tone: 'neutral',
    link: { href: '/', text: 'Go to the start page' },
  })
  return new Response(body, init)
}
