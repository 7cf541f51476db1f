import { access, readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const REPOSITORY = new URL('../../', import.meta.url)

async function pages(): Promise<URL[]> {
  const names = await readdir(new URL('docs', REPOSITORY), { recursive: true })
  const docs = names.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)
  const folders = await readdir(new URL('examples', REPOSITORY), { recursive: true })
  const examples = folders.filter((name) => name.endsWith('README.md')).map((name) => `examples/${name}`)
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...docs.sort(), ...examples].map(
    (name) => new URL(name, REPOSITORY),
  )
}

const withoutCodeBlocks = (markdown: string) => markdown.replace(/^ *(```+)[^`\n]*\n[\s\S]*?^ *\1 *$/gm, '')

/** The links of a page to the repository: links, images, reference definitions, and the attributes of HTML. */
function relativeLinks(markdown: string): string[] {
  const prose = withoutCodeBlocks(markdown).replace(/(`+)[^`].*?\1/g, '')
  const links = prose.matchAll(/\]\(([^)\s]+)[^)]*\)|^ *\[[^\]]+\]: +(\S+)|\b(?:src|href|srcset)="([^"\s]+)/gm)
  return [...links].flatMap(([, ...targets]) => targets.filter((target) => target && !/^[a-z]+:/i.test(target)))
}

/** The anchors that GitHub gives a page's headings. */
function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of withoutCodeBlocks(markdown).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const text = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const anchor = text.replace(/[^\p{L}\p{N}\p{M} _-]/gu, '').replaceAll(' ', '-')
    let unique = anchor
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`
    anchors.add(unique)
  }
  return anchors
}

async function faultOf(link: string, page: URL): Promise<string | null> {
  const target = new URL(link, page)
  const anchor = decodeURIComponent(target.hash.slice(1))
  target.hash = ''
  try {
    await access(target)
  } catch {
    return 'no such file'
  }
  if (anchor === '' || !target.pathname.endsWith('.md')) return null
  return anchorsOf(await readFile(target, 'utf8')).has(anchor) ? null : 'no such heading'
}

test('every relative link in the docs leads to an existing file and heading', async () => {
  const broken: string[] = []
  let checked = 0
  for (const page of await pages()) {
    for (const link of relativeLinks(await readFile(page, 'utf8'))) {
      const fault = await faultOf(link, page)
      checked++
      if (fault) broken.push(`${page.pathname.slice(REPOSITORY.pathname.length)}: ${link}: ${fault}`)
    }
  }
  expect(checked).toBeGreaterThan(100)
  expect(broken).toEqual([])
})

test('links are found in every form, except in code', () => {
  const page = `# [One](a.md) \`b()\`, two!
[link](c.md "title") ![picture](d.png) [![nested](e.png)](f.md#g) <img src="h.png">
[reference]: i.md
\`[code](no.md)\` [outside](https://example.com) [mail](mailto:a@example.com)
\`\`\`md
# Not a heading
[block](no.md)
\`\`\`
## Again
## Again`
  expect(relativeLinks(page)).toEqual(['a.md', 'c.md', 'd.png', 'e.png', 'f.md#g', 'h.png', 'i.md'])
  expect([...anchorsOf(page)]).toEqual(['one-b-two', 'again', 'again-1'])
})
