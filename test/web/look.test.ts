import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { contrast } from '../../src/config/accent-colors.js'

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

test.each([
  ['a field', 'line-strong', 3], // WCAG 2.2, 1.4.11: nothing else shows where it is
  ['a primary button', 'action-line', 3],
  ['another button, which its text identifies', 'line-button', 1.9],
])('the border of %s can be told from every surface, light and dark', (_what, name, least) => {
  const tokens = colorsIn(read('web/wizard/styles/tokens.css'))
  const borders = tokens.get(name) ?? []
  expect(borders).toHaveLength(2)
  for (const surface of ['card', 'ground', 'raised']) {
    const found = borders.map((border, theme) => contrast(border, tokens.get(surface)?.[theme] ?? border))
    expect([surface, Math.min(...found) >= least]).toEqual([surface, true])
  }
})
