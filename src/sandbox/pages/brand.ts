import { html } from 'hono/html'
import type { AppDefinition, Brand } from '../apps.js'
import { lookCss } from './look.js'
import type { Html } from './page.js'

/** The app's mark: its glyph in white on a tile in its color. */
export function logo({ name, brand }: AppDefinition, size: number): Html {
  return html`<svg class="logo" width="${size}" height="${size}" viewBox="0 0 48 48" role="img" aria-label="${name}">
<rect width="48" height="48" rx="13" fill="${brand.accent}"/><path transform="translate(11 11) scale(1.083)" d="${brand.glyph}" fill="#fff"/></svg>`
}

/** The style of an app's own pages. All apps share one look, each in its color. */
export function brandCss({ accent, accentOnDark }: Omit<Brand, 'glyph'>): string {
  return `:root{--accent:${accent};--ink-accent:${accent}}
@media (prefers-color-scheme:dark){:root{--ink-accent:${accentOnDark}}}
${lookCss}${base}`
}

const base = `
body{margin:0;min-height:100vh;min-height:100dvh;background:var(--ground);color:var(--ink);
font:.9375rem/1.55 var(--font);
display:flex;flex-direction:column;align-items:center;justify-content:center;padding:24px 16px}
main{width:100%;max-width:460px;background:var(--card);border:1px solid var(--line);border-top:4px solid var(--accent);border-radius:var(--radius);overflow:hidden;
box-shadow:0 1px 2px #151a230d,0 6px 20px #151a2314}
.head{padding:24px 28px 0}.body{padding:0 28px 24px}.body:first-child{padding-top:12px}
.mark{display:flex;align-items:center;gap:12px;font-weight:650;letter-spacing:-.01em}
.logo{flex:none;display:block}
h1{font-size:1.3125rem;font-weight:680;line-height:1.25;letter-spacing:-.02em;margin:16px 0 6px;text-wrap:balance}
p{margin:0 0 16px}.body>p:last-child{margin-bottom:0}.soft{color:var(--soft)}.small{font-size:.875rem;line-height:1.4}
strong{font-weight:650}
form{margin:0}
button,.button{font:inherit;font-weight:560;min-height:42px;padding:8px 18px;border-radius:var(--radius-small);border:1px solid var(--line-button);
background:transparent;color:var(--ink);cursor:pointer;text-decoration:none;text-align:center;display:inline-block}
button:hover,.button:hover{border-color:var(--line-strong);background:var(--raised)}
.primary,.primary:hover{background:var(--accent);border-color:var(--ink-accent);color:#fff}
.primary:hover{filter:brightness(1.12)}
.link{border:0;min-height:40px;padding:8px;margin:-8px;color:var(--ink-accent);font-size:.8125rem}
:focus-visible{outline:2px solid var(--ink-accent);outline-offset:2px}
.who{display:flex;align-items:center;gap:12px;text-align:left;min-width:0}
.who>span:last-child{min-width:0;overflow-wrap:anywhere;line-height:1.35}
.who b{display:block;font-weight:600}
.face{flex:none;width:40px;height:40px;border-radius:50%;display:grid;place-items:center;font-weight:650;font-size:.9375rem;
color:#fff;background:var(--accent)}
.personal .face{background:transparent;color:var(--ink-accent);box-shadow:inset 0 0 0 2px var(--ink-accent)}
.account{display:flex;justify-content:space-between;align-items:center;flex-wrap:wrap;gap:8px 12px;
border:1px solid var(--line);border-radius:var(--radius-small);padding:10px 14px;margin:14px 0 16px}
.account .who{gap:10px}.account .face{width:34px;height:34px;font-size:.8125rem}.account b{font-size:.9375rem}.account .small{font-size:.8125rem}
.accounts{display:grid;gap:10px;margin-top:20px}
.accounts button{display:block;width:100%;border-radius:var(--radius-small);padding:12px 14px;font-weight:400}
fieldset{border:0;margin:0 0 14px;padding:0;min-width:0}
legend{font-weight:650;padding:0;margin-bottom:2px}
.scope{display:grid;grid-template-columns:24px 1fr;gap:0 12px;padding:9px 0;border-top:1px solid var(--line)}
legend+.scope{border-top:0}
label.scope{cursor:pointer}
.scope input{width:20px;height:20px;margin:2px 0 0;accent-color:var(--accent)}
.scope .fixed{width:20px;height:20px;margin-top:2px;color:var(--ink-accent)}
.scope b{font-weight:600;display:flex;justify-content:space-between;align-items:baseline;gap:2px 10px;flex-wrap:wrap}
.scope .small{display:block}
.scope code{font-size:.75rem;font-weight:400;color:var(--soft)}
.choice{display:grid;grid-template-columns:1fr 1fr;gap:12px;margin-bottom:14px}
.foot{font-size:.8125rem;color:var(--soft);margin:14px 0 0;max-width:480px;text-align:center;text-wrap:balance}
.spinner{width:44px;height:44px;border-radius:50%;border:4px solid var(--line);border-top-color:var(--ink-accent);
animation:turn 1s linear infinite;margin:56px auto}
@keyframes turn{to{transform:rotate(1turn)}}
@media (prefers-reduced-motion:reduce){.spinner{animation-duration:8s}}
@media (max-width:420px){.head{padding:22px 20px 0}.body{padding:0 20px 22px}h1{font-size:1.25rem}}
`
