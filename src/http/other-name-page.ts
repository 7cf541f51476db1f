import { type Reply, renderPage } from './oauth/page.js'

/** The page for a visit under a name that Patchbay doesn't have. It says nothing about the person, because any site could lead here. */
export function otherNamePage(publicUrl: string): Reply {
  const page = renderPage({
    status: 404,
    title: 'Open Patchbay under its own name',
    lines: ['It doesn’t work under the one in this address.'],
    tone: 'neutral',
    link: { href: publicUrl, text: 'Go to Patchbay' },
  })
  return { ...page, status: 421 }
}
