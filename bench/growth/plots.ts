import type { Options } from '../options.js'
import type { Line, Plot } from '../report/plot.js'
import type { Results } from '../report/results.js'
import { CONNECTIONS, INSTANCES, PLUGINS, RATE, SUBSCRIBERS } from './sizes.js'

const LATENCY = 'milliseconds from callback to message'
const PER_REQUEST = 'milliseconds per request'

/** The plots of one part, by the name of their file. */
export function plotsOf(part: Options['parts'][number], results: Results): Record<string, Plot> {
  const lineOf =
    (counts: readonly number[]) =>
    (name: string, metric: string): Line => ({
      name,
      points: counts.map((count) => [count, results.medianOf('patchbay', `${count} ${part}: ${metric}`)]),
    })
  switch (part) {
    case 'subscribers':
      return ofSubscribers(lineOf(SUBSCRIBERS))
    case 'connections':
      return { 'cpu-by-connections': ofScreens('connections per user', lineOf(CONNECTIONS)) }
    case 'plugins':
      return ofPlugins(lineOf(PLUGINS))
    case 'instances':
      return ofInstances(lineOf(INSTANCES))
  }
}

type LineOf = (name: string, metric: string) => Line

const pushes = (line: LineOf) => [line('p50', 'push p50 ms'), line('p99', 'push p99 ms')]

const ofSubscribers = (line: LineOf) => ({
  'memory-by-subscribers': {
    title: 'Memory of one process',
    xLabel: 'subscribers, each a different user',
    yLabel: 'resident memory, MiB',
    lines: [line('memory', 'memory, MiB')],
  },
  'push-by-subscribers': {
    title: `Push latency at ${RATE} callbacks per second`,
    xLabel: 'subscribers of one process',
    yLabel: LATENCY,
    lines: pushes(line),
  },
})

const ofScreens = (xLabel: string, line: LineOf): Plot => ({
  title: 'Processor time of a setup screen',
  xLabel,
  yLabel: PER_REQUEST,
  lines: [line('Patchbay', 'CPU ms per request'), line('PostgreSQL', 'PostgreSQL CPU ms per request')],
})

const ofPlugins = (line: LineOf) => ({
  'cpu-by-plugins': ofScreens('plugins in the catalogue', line),
  'memory-by-plugins': {
    title: 'Memory of an idle instance',
    xLabel: 'plugins in the catalogue',
    yLabel: 'resident memory, MiB',
    lines: [line('memory', 'idle memory, MiB')],
  },
})

const ofInstances = (line: LineOf) => ({
  'push-by-instances': {
    title: `Push latency at ${RATE} callbacks per second in all, through Redis`,
    xLabel: 'instances, with 1,000 subscribers together',
    yLabel: LATENCY,
    lines: pushes(line),
  },
  'cpu-by-instances': {
    title: 'Processor time of a callback, all instances together',
    xLabel: 'instances, with 1,000 subscribers together',
    yLabel: 'milliseconds per callback',
    lines: [line('Patchbay', 'CPU ms each'), line('PostgreSQL', 'PostgreSQL CPU ms each')],
  },
})
