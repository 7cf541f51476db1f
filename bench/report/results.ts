import { median } from './statistics.js'

/** What was measured: one value per round for each contestant and metric. Metrics keep the order they came in. */
export class Results {
  readonly #values = new Map<string, Map<string, number[]>>()

  constructor(readonly contestants: readonly string[]) {}

  add(contestant: string, metric: string, value: number): void {
    const byContestant = this.#values.get(metric) ?? new Map<string, number[]>()
    this.#values.set(metric, byContestant)
    byContestant.set(contestant, [...(byContestant.get(contestant) ?? []), value])
  }

  /** NaN if it wasn't measured. */
  medianOf(contestant: string, metric: string): number {
    return median(this.#values.get(metric)?.get(contestant) ?? [])
  }

  /** A table in Markdown with medians, and their ratios to the first contestant, which is the floor. */
  toMarkdown(): string {
    const rows = [...this.#values.keys()].map((metric) => {
      const base = this.medianOf(this.contestants[0] ?? '', metric)
      const cells = this.contestants.map((name) => cell(this.medianOf(name, metric), base))
      return `| ${[metric, ...cells].join(' | ')} |`
    })
    const head = ['', ...this.contestants]
    return [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows].join('\n')
  }

  toJSON(): Record<string, Record<string, number[]>> {
    return Object.fromEntries([...this.#values].map(([metric, values]) => [metric, Object.fromEntries(values)]))
  }
}

function cell(value: number, base: number): string {
  if (Number.isNaN(value)) return '–'
  const ratio = base > 0 && value !== base ? ` (${(value / base).toFixed(2)} ×)` : ''
  return `${rounded(value)}${ratio}`
}

/** Three digits say enough. */
export function rounded(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
