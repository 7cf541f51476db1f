import type { Patchbay } from './patchbay.js'

const MOST_SCRAPES = 10_000

/** One line of the metrics. */
export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

/** The current output of /metrics. */
export interface Scrape {
  text: string
  samples: Sample[]
  /** The sum of the samples that have these labels, or 0 if there are none. */
  value(name: string, labels?: Record<string, string>): number
}

export async function scrape({ instance }: Pick<Patchbay, 'instance'>): Promise<Scrape> {
  if (!instance.metricsUrl) throw new Error('this instance serves no metrics')
  const response = await fetch(instance.metricsUrl)
  if (!response.ok) throw new Error(`${instance.metricsUrl} answered ${response.status}`)
  const text = await response.text()
  let read: Sample[] | undefined
  const samples = () => {
    read ??= samplesIn(text)
    return read
  }
  return {
    text,
    get samples() {
      return samples()
    },
    value: (name, labels = {}) =>
      samples()
        .filter(
          (sample) => sample.name === name && Object.entries(labels).every(([key, of]) => sample.labels[key] === of),
        )
        .reduce((sum, sample) => sum + sample.value, 0),
  }
}

function samplesIn(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? []
    if (!name) return []
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [key, text])
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }]
  })
}

/** Scrapes until the condition holds, because some metrics are counted only when a socket has closed. */
export async function scrapeUntil(
  patchbay: Pick<Patchbay, 'instance'>,
  fits: (scrape: Scrape) => boolean,
): Promise<Scrape> {
  for (let scrapes = 0; scrapes < MOST_SCRAPES; scrapes++) {
    const shown = await scrape(patchbay)
    if (fits(shown)) return shown
  }
  throw new Error(`not shown after ${MOST_SCRAPES} scrapes`)
}
