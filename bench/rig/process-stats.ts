import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts processor time in ticks of 10 ms, so phases under two seconds are coarse. */
const TICK_MS = 10

interface Stat {
  parent: number
  cpuMs: number
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    // utime, stime, and those of children that ended: a backend that closes must not take its time along.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    return { parent: Number(fields[1]), cpuMs: ticks * TICK_MS }
  } catch {
    return null // it has ended
  }
}

/** Processor time (user and system) of these processes and everything they started, in milliseconds. */
export function cpuMsOf(...pids: readonly number[]): number {
  const all = new Map<number, Stat>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : null
    if (stat) all.set(Number(name), stat)
  }
  const belongs = (pid: number): boolean => pids.includes(pid) || belongsTo(all.get(pid)?.parent)
  const belongsTo = (parent: number | undefined) => parent !== undefined && parent > 1 && belongs(parent)
  return [...all].reduce((sum, [pid, { cpuMs }]) => (belongs(pid) ? sum + cpuMs : sum), 0)
}

/** Resident memory in KiB. */
export function residentKib(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
