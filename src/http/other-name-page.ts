import type { PageTexts } from '../languages/pages/en.js'
import { type Reply, renderPage } from './oauth/page.js'

/** The page for a visit under a name that Patchbay doesn't have. It says nothing about the person, because any site could lead here. */
export function otherNamePage(publicUrl: string, texts: PageTexts): Reply {
  const page = renderPage(texts, ({ otherName: { title, line, link } }) => ({
    status: 404,
    title,
    lines: [line],
    tone: 'neutral',
    link: { href: publicUrl, text: link },
  }))
  return { ...page, status: 421 }
}
