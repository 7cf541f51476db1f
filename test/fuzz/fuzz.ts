import fc from 'fast-check'
import { count, FULL, record } from '../support/counts.js'
import { PATIENT } from '../support/patience.js'

const CASES = Number(process.env.FUZZ_CASES ?? count(10_000, 96))
/** How many values are tried at the same time. */
const TOGETHER = 8
const MAX_SHOWN = 5_000
/** A value that takes this long has hung. */
const HUNG_AFTER_MS = 60_000

/** Full counts take minutes. */
export const FUZZING = { timeout: FULL ? 1_800_000 : PATIENT.timeout }

/** The variables of an installation that looks at everything, because what is refused for being too much isn't looked at. */
export const UNLIMITED = Object.fromEntries(
  ['CHECKS', 'TOKENS', 'REFRESHES', 'SETUP_SESSIONS', 'USER_SETUP_SESSIONS', 'ADMINISTRATION', 'OUTBOUND'].map(
    (limit) => [`PATCHBAY_${limit}_PER_MINUTE`, '0'],
  ),
)

/**
 * Tries generated values. `FUZZ_CASES` says how many, and `FUZZ_SEED` repeats a run. A failure says the seed and the value.
 * @param what the fuzzed input, for the table
 */
export async function fuzz<T>(what: string, values: fc.Arbitrary<T>, check: (value: T) => unknown): Promise<void> {
  const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31))
  const checked = async (value: T) => {
    try {
      await Promise.race([check(value), hung()])
    } catch (cause) {
      throw new Error(`With FUZZ_SEED=${seed}, this fails: ${fc.stringify(value).slice(0, MAX_SHOWN)}`, { cause })
    }
  }
  for (const group of groupsOf(fc.sample(values, { numRuns: CASES, seed }))) await Promise.all(group.map(checked))
  record('G23', `fuzzed ${what}`, { cases: CASES, seed })
}

function hung(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(reject, HUNG_AFTER_MS, new Error(`nothing came of it for ${HUNG_AFTER_MS / 1_000} seconds`)).unref()
  })
}

function* groupsOf<T>(values: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < values.length; start += TOGETHER) yield values.slice(start, start + TOGETHER)
}
