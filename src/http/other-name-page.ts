import type { Render, Reply } from './oauth/page.js'

/** The page for a visit under a name that Patchbay doesn't have. It says nothing about the person, because any site could lead here. */
export function otherNamePage(publicUrl: string, render: Render): Reply {
  const page = render(({ otherName: { title, line, link } }, product) => ({
    status: 404,
    title: title(product),
    lines: [line],
    tone: 'neutral',
    link: { href: publicUrl, text: link(product) },
  }))
  return { ...page, status: 421 }
}
