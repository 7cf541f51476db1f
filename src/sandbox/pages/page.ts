import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'

export type Html = ReturnType<typeof html>

export interface Page {
  body: string
  headers: Record<string, string>
}

/**
 * Renders a whole page. It is self-contained except for its type, never stored and never framed, and allows only the given style
 * and script.
 *
 * The policy has no `form-action`, because Chromium would apply it to the redirect back to the client after consent.
 */
export async function renderPage(page: { title: string; css: string; content: Html; script?: string }): Promise<Page> {
  const { title, css, content, script } = page
  const body = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${raw(css)}</style>
</head>
<body>
${content}
${script === undefined ? '' : html`<script type="module">${raw(script)}</script>`}
</body>
</html>
`
  const policy = [
    "default-src 'none'",
    `style-src '${digest(css)}'`,
    `script-src ${script === undefined ? "'none'" : `'${digest(script)}'`}`,
    "connect-src 'self'",
    'img-src data:',
    "font-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    body: body.toString(),
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy.join('; '),
      'Cache-Control': 'no-store',
      // Not no-referrer: forms would then send `Origin: null` and be rejected as requests from another site.
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
    },
  }
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
