import { readdir, readFile } from 'node:fs/promises'
import ts from 'typescript'
import { beforeAll, expect, test } from 'vitest'

const REPOSITORY = new URL('../../', import.meta.url)
const SHORTEST_PART = 5
/** The rest is what the code fills in. */
const FIXED_SHARE = 0.6

let parts: string[]
beforeAll(async () => {
  const names = await readdir(new URL('src', REPOSITORY), { recursive: true })
  const sources = names.filter((name) => /\.tsx?$/.test(name) && !name.startsWith('generated/'))
  const texts = await Promise.all(
    sources.map(async (name) => fixedTexts(await readFile(new URL(`src/${name}`, REPOSITORY), 'utf8'))),
  )
  parts = [...new Set(texts.flat().filter((text) => text.length >= SHORTEST_PART))]
}, 30_000)

/** The text in a source's string literals, between what templates fill in. */
function fixedTexts(source: string): string[] {
  const texts: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)) texts.push(node.text.trim())
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest))
  return texts
}

/** Messages as a page quotes them: a block of its own, or in italics at the start of a row. Omissions split them. */
function quotesIn(markdown: string): string[] {
  const quotes = [...markdown.matchAll(/^(?:> |✖ )(.+)$|^\| \*(.+?)\* \|/gm)].map(
    ([, block, cell]) => block ?? cell ?? '',
  )
  return quotes.flatMap((quote) => quote.split('…')).filter((text) => text.trim().length >= 2 * SHORTEST_PART)
}

/** Which share of a text the code has, in parts. */
function knownShare(text: string): number {
  const known = Array.from(text, () => false)
  for (const part of parts) {
    const whole = text.includes(part) ? part : part.includes(text.trim()) ? text.trim() : undefined
    if (whole !== undefined) known.fill(true, text.indexOf(whole), text.indexOf(whole) + whole.length)
  }
  return known.filter(Boolean).length / known.length
}

test('docs/troubleshooting.md quotes messages as the code has them', async () => {
  const quotes = quotesIn(await readFile(new URL('docs/troubleshooting.md', REPOSITORY), 'utf8'))
  expect(quotes.length).toBeGreaterThan(40)
  expect(quotes.filter((quote) => knownShare(quote) < FIXED_SHARE)).toEqual([])
  expect(knownShare('This message was never part of the product.')).toBeLessThan(FIXED_SHARE)
})
