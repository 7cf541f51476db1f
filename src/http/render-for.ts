import type { Brand } from './brand/brand.js'
import { type Render, renderPage } from './oauth/page.js'
import type { LanguageHeaders, TextsFor } from './page-language.js'

/** Returns what renders the pages for the browser that sent these headers. */
export type RenderFor = (headers: LanguageHeaders) => Render

export function createRenderFor(textsFor: TextsFor, brand: Brand): RenderFor {
  return (headers) => (pageIn) => {
    const texts = textsFor(headers)
    return renderPage(texts, brand, pageIn(texts, brand.name))
  }
}
