import { randomBytes } from 'node:crypto'
import { html, raw } from 'hono/html'

export interface Page {
  status: 200 | 400 | 403 | 404 | 405 | 409 | 410 | 413 | 429 | 500 | 503
  title: string
  /** Sentences. Their content is always shown as text. */
  lines: readonly string[]
  tone: 'good' | 'bad' | 'neutral'
  /** When the same request makes sense again. */
  retryAfterSeconds?: number
  /** Closes the popup after this many milliseconds. */
  closesAfterMs?: number
  /** Fields to post to this same address again, immediately. The response may redirect to the origin. */
  repost?: { action: string; fields: URLSearchParams; redirectOrigin: string | undefined }
  /** What the person can choose from. The response may redirect to the origin. */
  choice?: { action: string; choices: readonly Choosable[]; redirectOrigin: string | undefined }
}

interface Choosable {
  id: string
  label: string
}

/** A response, for the web's `Response` or Node's. */
export interface Reply {
  status: number
  headers: Record<string, string>
  body: string | null
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1c2330;--soft:#5a6474;--ground:#f5f6f8;--card:#fff;--good:#14713d;--bad:#a3261b;--neutral:#3a4a63}
@media(prefers-color-scheme:dark){:root{--ink:#eef1f6;--soft:#aab3c2;--ground:#12161d;--card:#1b212b;--good:#5fd08f;--bad:#ff8f84;--neutral:#a9bbd8}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:26rem;width:100%;padding:2rem;border-radius:1rem;background:var(--card);box-shadow:0 1px 2px #0002,0 8px 32px #0001}
.mark{display:inline-grid;place-items:center;width:2.75rem;height:2.75rem;border-radius:50%;border:2px solid currentColor;font-size:1.4rem;font-weight:700}
.good{color:var(--good)}.bad{color:var(--bad)}.neutral{color:var(--neutral)}
h1{margin:1rem 0 .5rem;font-size:1.35rem;line-height:1.3;overflow-wrap:anywhere}p{margin:.4rem 0;color:var(--soft);overflow-wrap:anywhere}
button{margin-top:1.25rem;padding:.6rem 1.1rem;border:0;border-radius:.5rem;background:var(--ink);color:var(--card);font:inherit;font-weight:600;cursor:pointer}
button:focus-visible{outline:3px solid var(--neutral);outline-offset:2px}
.choices{margin-top:1.25rem}.choices button{display:block;width:100%;margin-top:.6rem;text-align:start;overflow-wrap:anywhere}`

const MARKS = { good: '✓', bad: '!', neutral: 'i' }

/**
 * Renders a self-contained page. It loads nothing, sends nothing, can't be framed and runs only the scripts written
 * here. The template escapes everything from outside.
 */
export function renderPage(page: Page): Reply {
  const nonce = randomBytes(16).toString('base64')
  // Browsers also apply this policy to the redirects that follow a form.
  const formTargets = ["'self'", (page.repost ?? page.choice)?.redirectOrigin ?? ''].join(' ').trim()
  const script = page.repost
    ? 'document.forms[0].submit()'
    : page.closesAfterMs === undefined
      ? ''
      : `var b=document.querySelector("button");b.hidden=false;b.onclick=function(){window.close()};setTimeout(function(){window.close()},${page.closesAfterMs})`
  const body = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${page.title}</title>
<style nonce="${nonce}">${raw(STYLE)}</style></head>
<body><main data-tone="${page.tone}"><span class="mark ${page.tone}" aria-hidden="true">${MARKS[page.tone]}</span>
<h1 role="status">${page.title}</h1>${page.lines.map((line) => html`<p>${line}</p>`)}
${page.repost ? repostForm(page.repost) : ''}${page.choice ? choiceForm(page.choice) : ''}${page.closesAfterMs === undefined ? '' : html`<button type="button" hidden>Close this window</button>`}
</main>${script ? html`<script nonce="${nonce}">${raw(script)}</script>` : ''}</body></html>`
  return {
    status: page.status,
    headers: {
      ...SAFE_HEADERS,
      ...(page.retryAfterSeconds !== undefined && { 'retry-after': String(page.retryAfterSeconds) }),
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; form-action ${formTargets}; base-uri 'none'; frame-ancestors 'none'`,
    },
    body: String(body),
  }
}

/** The headers of all OAuth routes: addresses with codes in them must not be stored or passed on. */
export const SAFE_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

export function redirectTo(location: string): Reply {
  return { status: 303, headers: { ...SAFE_HEADERS, location, 'content-length': '0' }, body: null }
}

function repostForm({ action, fields }: NonNullable<Page['repost']>) {
  const inputs = [...fields].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)
  return html`<form method="post" action="${action}">${inputs}<button type="submit">Continue</button></form>`
}

/** One button for each, so that it works without a script. Names of sites may have any direction of writing. */
function choiceForm({ action, choices }: NonNullable<Page['choice']>) {
  const buttons = choices.map(
    ({ id, label }) => html`<button type="submit" name="choice" value="${id}"><bdi>${label}</bdi></button>`,
  )
  return html`<form class="choices" method="post" action="${action}">${buttons}</form>`
}
