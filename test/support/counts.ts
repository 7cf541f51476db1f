import { appendFileSync } from 'node:fs'

/** `npm run faults` runs every row with its full count. The suite uses a count that fits its time. */
export const FULL = process.env.FAULTS === 'full'

export const count = (full: number, small: number) => (FULL ? full : small)

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
