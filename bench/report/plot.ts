/** Small line charts as SVG, which pages show in light and dark. */

export interface Line {
  name: string
  /** In the order of x. */
  points: readonly (readonly [x: number, y: number])[]
}

export interface Plot {
  title: string
  xLabel: string
  yLabel: string
  lines: readonly Line[]
}

const WIDTH = 640
const HEIGHT = 360
const BOX = { left: 68, right: 24, top: 72, bottom: 56 }
const COLORS = 4
const STYLE = `text{font:13px system-ui,sans-serif;fill:#4b5563}.title{font-size:15px;font-weight:600;fill:#111827}
.grid{stroke:#e5e7eb}.paper{fill:#fff}.line{fill:none;stroke-width:2}
.c0{stroke:#0f766e}.c1{stroke:#b45309}.c2{stroke:#4338ca}.c3{stroke:#be123c}
.d0{fill:#0f766e}.d1{fill:#b45309}.d2{fill:#4338ca}.d3{fill:#be123c}
@media (prefers-color-scheme:dark){text{fill:#9ca3af}.title{fill:#f3f4f6}.grid{stroke:#374151}.paper{fill:#111827}
.c0{stroke:#2dd4bf}.c1{stroke:#fbbf24}.c2{stroke:#a5b4fc}.c3{stroke:#fda4af}
.d0{fill:#2dd4bf}.d1{fill:#fbbf24}.d2{fill:#a5b4fc}.d3{fill:#fda4af}}`

/**
 * Round steps from 0 to the first one that isn't below the largest value: 1, 2 or 5 times a power of ten apart, and six
 * at most.
 */
export function ticks(largest: number): number[] {
  const rough = Math.max(largest, Number.MIN_VALUE) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power
  const count = Math.ceil(largest / step - 1e-9)
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)))
}

/** Both axes start at 0, so that a straight line through the corner means "grows in proportion". */
export function plotSvg({ title, xLabel, yLabel, lines }: Plot): string {
  const points = lines.flatMap((line) => line.points)
  const xTicks = ticks(Math.max(...points.map(([x]) => x)))
  const yTicks = ticks(Math.max(...points.map(([, y]) => y)))
  const [right, bottom] = [WIDTH - BOX.right, HEIGHT - BOX.bottom]
  const xAt = scale(xTicks, BOX.left, right)
  const yAt = scale(yTicks, bottom, BOX.top)
  const grid = yTicks.map(
    (y) =>
      `<line class="grid" x1="${BOX.left}" x2="${right}" y1="${yAt(y)}" y2="${yAt(y)}"/>` +
      text(BOX.left - 8, yAt(y) + 4, label(y), 'end'),
  )
  const below = xTicks.map((x) => text(xAt(x), bottom + 20, label(x), 'middle'))
  const drawn = lines.map((line, index) => drawLine(line, index % COLORS, xAt, yAt))
  const legend = lines.map(({ name }, index) => {
    const x = BOX.left + index * 150
    return `<circle class="d${index % COLORS}" cx="${x + 5}" cy="48" r="5"/>${text(x + 16, 52, name, 'start')}`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}" rx="8"/>`,
    `<text class="title" x="${BOX.left}" y="28">${escaped(title)}</text>`,
    ...(lines.length > 1 ? legend : []),
    ...grid,
    ...below,
    text((BOX.left + right) / 2, HEIGHT - 12, xLabel, 'middle'),
    `<text x="18" y="${(BOX.top + bottom) / 2}" text-anchor="middle" transform="rotate(-90 18 ${(BOX.top + bottom) / 2})">${escaped(yLabel)}</text>`,
    ...drawn,
    '</svg>\n',
  ].join('\n')
}

type Scale = (value: number) => number

function scale(steps: readonly number[], from: number, to: number): Scale {
  const last = steps.at(-1) || 1
  return (value) => Math.round((from + (value / last) * (to - from)) * 10) / 10
}

function drawLine({ points }: Line, color: number, xAt: Scale, yAt: Scale): string {
  const path = points.map(([x, y]) => `${xAt(x)},${yAt(y)}`).join(' ')
  const dots = points.map(([x, y]) => `<circle class="d${color}" cx="${xAt(x)}" cy="${yAt(y)}" r="3.5"/>`)
  return `<polyline class="line c${color}" points="${path}"/>${dots.join('')}`
}

const label = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 3 })

function text(x: number, y: number, content: string, anchor: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
