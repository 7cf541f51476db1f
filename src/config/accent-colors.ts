/** The colors that pages take from the operator's one, for one theme. Each is `#rrggbb`. */
export interface AccentColors {
  /** A primary button. */
  action: string
  actionHover: string
  /** Its border, which tells it from what it's on even if the color doesn't. */
  actionLine: string
  /** The text on it. */
  onAction: string
  /** Links, focus rings and other text in the color. */
  accent: string
  /** A faint ground in the color. */
  accentGround: string
}

interface Theme {
  /** What text in the color is on: cards, the page, raised parts (src/web/wizard/styles/tokens.css). */
  surfaces: readonly [card: string, ...others: string[]]
  /** What the color is mixed with until it's readable. */
  towards: string
  /** How much of the color the faint ground has. */
  groundShare: number
}

type Rgb = [red: number, green: number, blue: number]

const LIGHT: Theme = { surfaces: ['#ffffff', '#f7f8fa', '#f0f2f5'], towards: '#000000', groundShare: 0.09 }
const DARK: Theme = { surfaces: ['#171b22', '#0e1116', '#20262f'], towards: '#ffffff', groundShare: 0.12 }
const WHITE = '#ffffff'
const INK = '#0f1117'
/** Of text (WCAG 2.2, 1.4.3, level AA). */
const TEXT_CONTRAST = 4.5
/** Of a button's own color. Its border does the rest. */
const BUTTON_CONTRAST = 1.5
/** Of a control's boundary (WCAG 2.2, 1.4.11, level AA). */
const BOUNDARY_CONTRAST = 3
const HOVER_SHARE = 0.16

/**
 * Derives the colors of both themes from one, so that all text in it and on it meets WCAG AA. Keeps the color where that
 * is possible, and otherwise darkens it for the light theme and lightens it for the dark one, as little as necessary.
 * @param color `#rrggbb`
 */
export function accentColors(color: string): { light: AccentColors; dark: AccentColors } {
  return { light: colorsIn(LIGHT, color), dark: colorsIn(DARK, color) }
}

/** Returns the contrast of two colors, from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

function colorsIn({ surfaces, towards, groundShare }: Theme, color: string): AccentColors {
  const [card] = surfaces
  const groundOf = (accent: string) => mix(card, accent, groundShare)
  const accent = nearest(color, towards, (candidate) =>
    [...surfaces, groundOf(candidate)].every((surface) => contrast(candidate, surface) >= TEXT_CONTRAST),
  )
  const action = nearest(
    color,
    towards,
    (candidate) => contrast(candidate, card) >= BUTTON_CONTRAST && textOn(candidate) !== undefined,
  )
  const onAction = textOn(action) ?? WHITE
  const actionHover = mix(action, onAction === WHITE ? '#000000' : WHITE, HOVER_SHARE)
  const actionLine = nearest(action, towards, (candidate) =>
    surfaces.every((surface) => contrast(candidate, surface) >= BOUNDARY_CONTRAST),
  )
  return { action, actionHover, actionLine, onAction, accent, accentGround: groundOf(accent) }
}

function textOn(color: string): string | undefined {
  return [WHITE, INK].find((text) => contrast(text, color) >= TEXT_CONTRAST)
}

/** Returns the color with as little of the other as makes it fit. The other one itself always does. */
function nearest(color: string, towards: string, fits: (candidate: string) => boolean): string {
  for (let percent = 0; percent < 100; percent++) {
    const candidate = mix(color, towards, percent / 100)
    if (fits(candidate)) return candidate
  }
  return towards
}

/** @param share how much of the second color there is, from 0 to 1 */
function mix(one: string, other: string, share: number): string {
  const others = channelsOf(other)
  const mixed = channelsOf(one).map((channel, index) => channel + ((others[index] ?? 0) - channel) * share)
  return `#${mixed.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`
}

function luminanceOf(color: string): number {
  const linear = (channel: number) => {
    const value = channel / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  const [red, green, blue] = channelsOf(color)
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

function channelsOf(color: string): Rgb {
  const value = Number.parseInt(color.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}
