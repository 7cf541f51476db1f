import { html } from 'hono/html'
import type { Brand, Logo } from './brand.js'

/** Returns the link to the favicon. Without one, browsers would ask for /favicon.ico. */
export function faviconLink({ favicon }: Pick<Brand, 'favicon'>) {
  if (!favicon) return html`<link rel="icon" href="data:,">`
  return html`<link rel="icon" href="${favicon.path}" type="${favicon.type}">`
}

/** Returns the logo, for pages that follow the browser's theme. */
export function logoPicture({ picture, dark, ratio, isWide }: Logo, name: string, height: number) {
  return html`<picture>${
    dark ? html`<source srcset="${dark.path}" media="(prefers-color-scheme: dark)">` : ''
  }<img src="${picture.path}" alt="${isWide ? name : ''}" width="${Math.round(height * ratio)}" height="${height}"></picture>`
}
