import { html } from 'hono/html'
import { brandCss } from './brand.js'
import { type Page, renderPage } from './page.js'

const BRAND = { accent: '#4347c9', accentOnDark: '#a9b1ff' }

/** The page for an address that the sandbox doesn't have. */
export function notFoundPage(home: string): Promise<Page> {
  return elsewherePage('Page not found', 'There’s nothing at this address of the sandbox.', home)
}

/** The page for a visit under another name of this machine. */
export function otherNamePage(home: string): Promise<Page> {
  return elsewherePage('Open the sandbox under its own name', 'It doesn’t work under the one in this address.', home)
}

function elsewherePage(title: string, line: string, home: string): Promise<Page> {
  return renderPage({
    title,
    css: brandCss(BRAND),
    content: html`<main data-page="elsewhere"><div class="body"><h1>${title}</h1><p class="soft">${line}</p>
<a class="button" href="${home}">Go to the sandbox’s apps</a></div></main>`,
  })
}
