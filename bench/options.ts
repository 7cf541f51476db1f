import { parseArgs } from 'node:util'
import { CONTESTANTS } from './adapters/all.js'

export const WORKLOADS = ['start', 'screen', 'subscriptions', 'tokens'] as const
export const PARTS = ['subscribers', 'connections', 'plugins', 'instances'] as const
const MODES = ['compare', 'growth', 'storm'] as const

export interface Options {
  mode: (typeof MODES)[number]
  contestants: string[]
  workloads: (typeof WORKLOADS)[number][]
  /** Of the growth mode. */
  parts: (typeof PARTS)[number][]
  rounds: number
  /** How long each load over HTTP lasts, after this many seconds that don't count. */
  seconds: number
  warmSeconds: number
  subscribers: number[]
  /** Callbacks per second. */
  rates: number[]
  pushSeconds: number
  /** How many due refreshes, and how many different fresh tokens. */
  due: number
  fresh: number
  /** Due tokens that many callers want in the same moment. */
  rotated: number
  out: string | undefined
}

const FULL = {
  contestants: CONTESTANTS.join(),
  workloads: WORKLOADS.join(),
  parts: PARTS.join(),
  rounds: '',
  seconds: '6',
  warm: '4',
  subscribers: '1000,5000',
  rates: '50,200',
  'push-seconds': '8',
  due: '3000',
}
/** Everything once, with only what a checkout has. */
const SMOKE: typeof FULL = {
  contestants: 'floor,patchbay',
  workloads: FULL.workloads,
  parts: FULL.parts,
  rounds: '1',
  seconds: '1',
  warm: '0.2',
  subscribers: '50',
  rates: '25',
  'push-seconds': '2',
  due: '20',
}

/** @throws TypeError for an unknown option, and Error for an unknown word */
export function parseOptions(args: readonly string[]): Options {
  const smoke = args.includes('--smoke')
  const defaults = smoke ? SMOKE : FULL
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      smoke: { type: 'boolean' },
      out: { type: 'string' },
      contestants: { type: 'string', default: defaults.contestants },
      workloads: { type: 'string', default: defaults.workloads },
      parts: { type: 'string', default: defaults.parts },
      rounds: { type: 'string', default: defaults.rounds },
      seconds: { type: 'string', default: defaults.seconds },
      warm: { type: 'string', default: defaults.warm },
      subscribers: { type: 'string', default: defaults.subscribers },
      rates: { type: 'string', default: defaults.rates },
      'push-seconds': { type: 'string', default: defaults['push-seconds'] },
      due: { type: 'string', default: defaults.due },
    },
  })
  const [mode = 'compare'] = positionals
  return {
    mode: oneOf(MODES, mode),
    contestants: values.contestants.split(',').map((name) => oneOf(CONTESTANTS, name)),
    workloads: values.workloads.split(',').map((name) => oneOf(WORKLOADS, name)),
    parts: values.parts.split(',').map((name) => oneOf(PARTS, name)),
    rounds: number(values.rounds || (mode === 'compare' ? '5' : '1')),
    seconds: number(values.seconds),
    warmSeconds: number(values.warm),
    subscribers: values.subscribers.split(',').map(number),
    rates: values.rates.split(',').map(number),
    pushSeconds: number(values['push-seconds']),
    due: number(values.due),
    fresh: smoke ? 20 : 500,
    rotated: smoke ? 5 : 100,
    out: values.out,
  }
}

function oneOf<T extends string>(known: readonly T[], given: string): T {
  const found = known.find((name) => name === given)
  if (found === undefined) throw new Error(`"${given}" is not one of ${known.join(', ')}.`)
  return found
}

function number(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`"${text}" is not a number above 0.`)
  return value
}
