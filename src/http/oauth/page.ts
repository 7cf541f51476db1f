import { randomBytes } from 'node:crypto'
import { html, raw } from 'hono/html'
import type { PageTexts } from '../../languages/pages/en.js'
import { type Brand, brandStyle, fontFace } from '../brand/brand.js'
import { faviconLink, logoPicture } from '../brand/brand-head.js'

export interface Page {
  status: 200 | 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 429 | 500 | 503
  title: string
  /** Sentences. Their content is always shown as text. */
  lines: readonly string[]
  /** Parts of the sentences that don't break, such as the end of an address. */
  unbroken?: readonly string[]
  /** A list after the sentences, also shown as text. */
  items?: readonly string[]
  tone: 'good' | 'warn' | 'bad' | 'neutral'
  /** The path of a picture to show instead of the tone's mark. */
  picture?: string | undefined
  /** Where to go from here. */
  link?: { href: string; text: string }
  /** When the same request makes sense again. */
  retryAfterSeconds?: number
  /** Closes the popup after this many milliseconds. */
  closesAfterMs?: number
  /** Fields to post to this same address again, immediately. The response may redirect to the origin. */
  repost?: { action: string; fields: URLSearchParams; redirectOrigin: string | undefined }
  /** A form of another kind. */
  form?: PageForm
  /** What the person can choose from. The response may redirect to the origin. */
  choice?: { action: string; choices: readonly Choosable[]; redirectOrigin: string | undefined }
}

interface PageForm {
  content: ReturnType<typeof html>
  /** What runs when the page is loaded. */
  script?: string | undefined
  /** The origins that the response may redirect to. */
  redirectOrigins: readonly string[]
  /** The origin that the script may send requests to. */
  connectOrigin?: string | undefined
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

/** Type, colors and gaps are those of the wizard (src/web/wizard/styles). */
const STYLE = `
:root{color-scheme:light dark;--ground:#f7f8fa;--card:#ffffff;--ink:#151a23;--soft:#525b6b;--line:#e1e4ea;--line-button:#a9b1bf;--line-strong:#818a9b;--action:#4347c9;--action-hover:#3438a8;--action-line:#4347c9;--on-action:#ffffff;--accent:#4347c9;--good:#11683a;--good-ground:#e4f4eb;--warn:#7d4a00;--warn-ground:#fdf2df;--bad:#a1241b;--bad-ground:#fdecea;--raised:#f0f2f5}
@media(prefers-color-scheme:dark){:root{--ground:#0e1116;--card:#171b22;--ink:#eef1f6;--soft:#a8b1c0;--line:#2a313c;--line-button:#4a5464;--line-strong:#76808f;--action:#a9b1ff;--action-hover:#c3c9ff;--action-line:#a9b1ff;--on-action:#14162f;--accent:#a9b1ff;--good:#74dca0;--good-ground:#12291c;--warn:#f0be70;--warn-ground:#2c210d;--bad:#ff9e95;--bad-ground:#331714;--raised:#20262f}}
*{box-sizing:border-box}[hidden]{display:none!important}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-content:center;justify-items:center;grid-template-columns:minmax(0,26rem);gap:1.25rem;padding:1.25rem;background:var(--ground);color:var(--ink);font:.9375rem/1.55 "Inter Variable",Inter,system-ui,-apple-system,"Segoe UI",sans-serif;font-feature-settings:"cv05","ss03";overflow-wrap:anywhere;-webkit-text-size-adjust:100%}
main{width:100%;padding:1.75rem;border:1px solid var(--line);border-radius:.75rem;background:var(--card);box-shadow:0 1px 2px #151a230f,0 6px 20px #151a2314}
.brand{display:flex;align-items:center;gap:.6rem;max-width:100%;font-weight:680;letter-spacing:-.015em}.brand img{display:block;flex:none;max-width:100%;object-fit:contain}
.mark{display:grid;place-items:center;width:3rem;height:3rem;border-radius:27%}
.mark svg{width:1.5rem;height:1.5rem;fill:none;stroke:currentcolor;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}
.mark:has(img){background:#fff}.mark img{width:58%;height:58%;object-fit:contain}
.good{background:var(--good-ground);color:var(--good)}.warn{background:var(--warn-ground);color:var(--warn)}.bad{background:var(--bad-ground);color:var(--bad)}.neutral{background:var(--raised);color:var(--soft)}
h1{margin:1rem 0 0;font-size:1.3125rem;font-weight:680;line-height:1.25;letter-spacing:-.022em;text-wrap:balance}p,li{text-wrap:balance}p{margin:.35rem 0 0;color:var(--soft)}.whole{display:inline-block}
button,.button{display:inline-flex;align-items:center;justify-content:center;min-height:2.5rem;margin:1.1rem .5rem 0 0;padding:.4rem .95rem;border:1px solid var(--line-button);border-radius:.5rem;background:var(--card);color:var(--ink);font:inherit;font-weight:560;line-height:1.25;text-decoration:none;cursor:pointer}
:is(button,.button):hover{border-color:var(--line-strong);background:var(--raised)}
button[type=submit]{border-color:var(--action-line);background:var(--action);color:var(--on-action)}
button[type=submit]:hover{background:var(--action-hover)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
label{display:block;margin-top:1.1rem;font-weight:600}
input{display:block;width:100%;min-height:2.5rem;margin-top:.35rem;padding:.4rem .8rem;border:1px solid var(--line-strong);border-radius:.5rem;background:var(--card);color:var(--ink);font:inherit}
.choices{display:grid;gap:.5rem;margin-top:1.1rem}.choices button{justify-content:start;width:100%;margin:0;border-color:var(--line-button);background:var(--card);color:var(--ink);text-align:start}.choices button:hover{border-color:var(--line-strong);background:var(--raised)}
.items{margin:.6rem 0 0;padding-inline-start:1.2rem}
@media(max-width:30rem){button,.button{width:100%;margin-inline-end:0}}`

const LOGO_HEIGHT_PX = 28
/** The paths of the wizard's icons (src/web/wizard/parts/glyph.tsx). */
const ALERT = 'M12 7v6m0 3.6v.1M12 3l9.5 17h-19z'
const MARKS = {
  good: 'm5 12.5 4.5 4.5L19 7.5',
  warn: ALERT,
  bad: ALERT,
  neutral: 'M12 11v5.5m0-9v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z',
}

/**
 * Renders a page in someone's language.
 * @param pageIn returns the page with these texts. They may name the product
 */
export type Render = (pageIn: (texts: PageTexts, product: string) => Page) => Reply

/**
 * Renders a self-contained page. It loads at most the brand's pictures and the wizard's type from Patchbay, sends nothing,
 * can't be framed and runs only the scripts written here. The template escapes everything from outside.
 */
export function renderPage(texts: PageTexts, brand: Brand, page: Page): Reply {
  const nonce = randomBytes(16).toString('base64')
  // Browsers also apply this policy to the redirects that follow a form.
  const redirectOrigins = page.form?.redirectOrigins ?? [(page.repost ?? page.choice)?.redirectOrigin ?? '']
  const formTargets = ["'self'", ...redirectOrigins].join(' ').trim()
  const connect = page.form?.connectOrigin === undefined ? '' : ` connect-src 'self' ${page.form.connectOrigin};`
  const script = page.repost
    ? 'document.forms[0].submit()'
    : page.closesAfterMs === undefined
      ? (page.form?.script ?? '')
      : `var b=document.querySelector("button");b.hidden=false;b.onclick=function(){window.close()};setTimeout(function(){window.close()},${page.closesAfterMs})`
  const body = html`<!doctype html>
<html lang="${texts.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${page.title}${brand.isCustom ? ` · ${brand.name}` : ''}</title>${brand.isCustom ? faviconLink(brand) : ''}
<style nonce="${nonce}">${raw(fontFace(brand))}${raw(STYLE)}${raw(brandStyle(brand))}</style></head>
<body>${brand.isCustom ? brandHeader(brand) : ''}<main data-tone="${page.tone}"><span class="mark ${page.tone}" aria-hidden="true">${markOf(page)}</span>
<h1 role="status">${page.title}</h1>${page.lines.map((line) => html`<p>${wordsOf(line, page.unbroken)}</p>`)}${page.items ? html`<ul class="items">${page.items.map((item) => html`<li>${item}</li>`)}</ul>` : ''}
${page.link ? html`<a class="button" href="${page.link.href}">${page.link.text}</a>` : ''}
${page.form?.content ?? ''}${page.repost ? repostForm(page.repost, texts.proceed) : ''}${page.choice ? choiceForm(page.choice) : ''}${page.closesAfterMs === undefined ? '' : html`<button type="button" hidden>${texts.close}</button>`}
</main>${script ? html`<script nonce="${nonce}">${raw(script)}</script>` : ''}</body></html>`
  return {
    status: page.status,
    headers: {
      ...SAFE_HEADERS,
      ...(page.retryAfterSeconds !== undefined && { 'retry-after': String(page.retryAfterSeconds) }),
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}';${connect} ${pictureSources(brand, page)}${brand.font === undefined ? '' : "font-src 'self'; "}form-action ${formTargets}; base-uri 'none'; frame-ancestors 'none'`,
    },
    body: String(body),
  }
}

/** They break only where they're longer than the line. */
function wordsOf(line: string, unbroken: readonly string[] = []) {
  if (unbroken.length === 0) return line
  return line
    .split(/(\s+)/)
    .map((word) => (unbroken.some((part) => word.includes(part)) ? html`<span class="whole">${word}</span>` : word))
}

function markOf({ picture, tone }: Page) {
  if (picture !== undefined) return html`<img src="${picture}" alt="">`
  return html`<svg viewBox="0 0 24 24"><path d="${MARKS[tone]}"/></svg>`
}

function brandHeader({ logo, name }: Brand) {
  return html`<div class="brand">${logo ? logoPicture(logo, name, LOGO_HEIGHT_PX) : ''}${logo?.isWide ? '' : html`<span>${name}</span>`}</div>
`
}

/** A brand's page may say by a data: URL that there's no favicon. */
function pictureSources({ isCustom }: Brand, { picture }: Page): string {
  if (isCustom) return "img-src 'self' data:; "
  return picture === undefined ? '' : "img-src 'self'; "
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

function repostForm({ action, fields }: NonNullable<Page['repost']>, proceed: string) {
  const inputs = [...fields].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)
  return html`<form method="post" action="${action}">${inputs}<button type="submit">${proceed}</button></form>`
}

/** One button for each, so that it works without a script. Names of sites may have any direction of writing. */
function choiceForm({ action, choices }: NonNullable<Page['choice']>) {
  const buttons = choices.map(
    ({ id, label }) => html`<button type="submit" name="choice" value="${id}"><bdi>${label}</bdi></button>`,
  )
  return html`<form class="choices" method="post" action="${action}">${buttons}</form>`
}
