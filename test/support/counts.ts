import { appendFileSync } from 'node:fs'
import { PATIENT } from './patience.js'

/** `npm run faults` runs every row with its full count. The suite uses a count that fits its time. */
export const FULL = process.env.FAULTS === 'full'

/** Marks tests whose full counts are a step of `.ci/run`: `npm run counts`. */
export const COUNTED = { ...PATIENT, tags: 'counted' as const }

export const count = (full: number, small: number) => (FULL ? full : small)

/** All cases with full counts, otherwise the first one. */
export const cases = <Case>(all: readonly Case[]): readonly Case[] => (FULL ? all : all.slice(0, 1))

/** Prints what a fault test found, and keeps it for the table. */
export function record(id: string, fault: string, found: Record<string, number | string>): void {
  console.log(
    `${id}: ${fault}: ${Object.entries(found)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
  )
  const file = process.env.FAULTS_REPORT
  if (file) appendFileSync(file, `${JSON.stringify({ id, fault, found })}\n`)
}
