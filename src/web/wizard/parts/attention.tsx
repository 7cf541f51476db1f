import type { SetupScreenSetupFragment } from '../../../generated/documents/graphql.js'
import { texts } from '../texts.js'
import { lacksPermissions, needsAdministrator, stepsInTrouble, wordFor } from './steps-in-trouble.js'
import { Unbroken } from './unbroken.js'

/**
 * Names the apps that keep the setup from being ready: those that the person can repair, otherwise an administrator's. The
 * progress above counts the required ones that lack permissions.
 */
export function Attention({ setup }: { setup: SetupScreenSetupFragment }) {
  const word = wordFor(setup)
  if (word === 'READY' || word === 'IN_PROGRESS') return null
  const inTrouble = stepsInTrouble(setup.steps, setup)
  const isForPerson = inTrouble.length > 0
  const named = isForPerson
    ? inTrouble.filter((step) => step.requirement.optional || !lacksPermissions(step))
    : setup.steps.filter((step) => needsAdministrator(step) && !step.requirement.optional)
  if (named.length === 0) return null
  const names = namesOf(named)
  const sentence = isForPerson ? texts.setup.attention : texts.setup.onlyAdministrator
  return (
    <p className={isForPerson ? 'notice notice--warn' : 'notice'}>
      <Unbroken text={sentence(texts.list(names), names.length)} names={names} />
    </p>
  )
}

/** Required apps come first, as on the page. */
function namesOf(steps: SetupScreenSetupFragment['steps']): string[] {
  const inOrder = steps.toSorted((one, other) => Number(one.requirement.optional) - Number(other.requirement.optional))
  return inOrder.map(({ connector }) => connector.name)
}
