import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AccentColors, accentColors, contrast } from '../../src/config/accent-colors.js'

const tokens = readFileSync(new URL('../../src/web/wizard/styles/tokens.css', import.meta.url), 'utf8')
/** The light one, then the dark one. */
const surfaces = ['card', 'ground', 'raised'].map((name) =>
  [...tokens.matchAll(new RegExp(`--${name}: (#[0-9a-f]{6})`, 'g'))].map(([, color = '']) => color),
)
const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`)

function expectReadable(colors: AccentColors, on: string[]): void {
  const { action, actionHover, actionLine, onAction, accent, accentGround } = colors
  for (const surface of [...on, accentGround]) expect(contrast(accent, surface)).toBeGreaterThanOrEqual(4.5)
  for (const button of [action, actionHover]) expect(contrast(onAction, button)).toBeGreaterThanOrEqual(4.5)
  expect(contrast(action, on[0] ?? '')).toBeGreaterThanOrEqual(1.5)
  for (const surface of on) expect(contrast(actionLine, surface)).toBeGreaterThanOrEqual(3)
}

test('whatever color an operator chooses, text in it and on it and borders of buttons meet WCAG AA in both themes', () => {
  const [light, dark] = [0, 1].map((theme) => surfaces.map((pair) => pair[theme] ?? ''))
  expect(light).toHaveLength(3)
  fc.assert(
    fc.property(color, (chosen) => {
      const colors = accentColors(chosen)
      expectReadable(colors.light, light ?? [])
      expectReadable(colors.dark, dark ?? [])
    }),
    { examples: ['#ffffff', '#000000', '#808080', '#ffff00', '#0000ff', '#767676'].map((each) => [each]) },
  )
})

test('a color that can be read is used as it is', () => {
  expect(accentColors('#4347c9').light).toMatchObject({ action: '#4347c9', accent: '#4347c9', onAction: '#ffffff' })
  expect(accentColors('#a9b1ff').dark).toMatchObject({ action: '#a9b1ff', accent: '#a9b1ff' })
  expect(accentColors('#4347c9').light.actionLine).toBe('#4347c9')
  // Dark text on a yellow button is fine, although yellow text isn't. A darker border shows where it ends.
  expect(accentColors('#ffcc00').light).toMatchObject({ action: '#ffcc00', onAction: '#0f1117' })
  expect(accentColors('#ffcc00').light.actionLine).not.toBe('#ffcc00')
})

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
})
