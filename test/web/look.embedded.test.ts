import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8')

/** The colors of a style by the name of their variable: the light one, then the dark one. */
function colorsIn(style: string): Map<string, string[]> {
  const colors = new Map<string, string[]>()
  for (const [, name = '', color = ''] of style.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6})\b/g))
    colors.set(name, [...(colors.get(name) ?? []), color])
  return colors
}

test.each(['http/oauth/page.ts', 'sandbox/pages/look.ts'])(
  'the pages of %s have the colors of the wizard, light and dark',
  (path) => {
    const tokens = colorsIn(read('web/wizard/styles/tokens.css'))
    const colors = colorsIn(read(path))
    expect(colors.size).toBeGreaterThan(5)
    for (const [name, pair] of colors) expect([name, ...pair]).toEqual([name, ...(tokens.get(name) ?? [])])
  },
)
