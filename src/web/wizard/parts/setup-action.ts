import { type Repair, repairOf, type SetupToName, stepsToDo } from './steps-in-trouble.js'

/** What the link to a started setup says. */
export type SetupAction = Repair | 'continue' | 'open'

/**
 * Returns what the person does on the page of a setup, as its primary action says.
 *
 * 1. They repair a required app, if one is connected and doesn't do what the plugin needs.
 * 2. Otherwise they continue, if there is something to do about a required app.
 * 3. Otherwise they repair an optional app.
 * 4. Otherwise there is nothing to do, and they open it.
 */
export function setupAction(setup: SetupToName): SetupAction {
  const toDo = stepsToDo(setup)
  const required = toDo.filter(({ requirement }) => !requirement.optional)
  const [first] = required.length > 0 ? required.toSorted((one, other) => urgency(one) - urgency(other)) : toDo
  return first ? (repairOf(first) ?? 'continue') : 'open'
}

function urgency(step: Parameters<typeof repairOf>[0]): number {
  return repairOf(step) ? 0 : 1
}
