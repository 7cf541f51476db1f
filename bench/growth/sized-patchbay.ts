import { createPatchbay } from '../adapters/patchbay.js'
import { type Size, STANDARD } from '../adapters/patchbay-facts.js'
import { enter } from '../workloads/entrant.js'
import type { Measuring } from '../workloads/workload.js'

export type Growing = Omit<Measuring, 'entrant'>

/** Measures a Patchbay whose data differs from the fixture in this way. */
export async function withSize(
  given: Growing,
  size: Partial<Size>,
  measure: (measuring: Measuring) => Promise<void>,
): Promise<void> {
  const entrant = await enter(createPatchbay({ ...STANDARD, ...size }), given.services)
  await measure({ ...given, entrant }).finally(() => entrant.close())
}
