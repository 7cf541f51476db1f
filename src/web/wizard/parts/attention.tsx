import type { SetupScreenSetupFragment } from '../../../generated/documents/graphql.js'
import { texts } from '../texts.js'
import { stepsInTrouble } from './steps-in-trouble.js'
import { Unbroken } from './unbroken.js'

/** Names the apps that keep the setup from being ready: those that the person can repair, otherwise an operator's. */
export function Attention({ setup }: { setup: SetupScreenSetupFragment }) {
  if (setup.status !== 'NEEDS_ATTENTION') return null
  const inTrouble = stepsInTrouble(setup.steps, setup)
  if (inTrouble.length > 0) {
    return (
      <p className="notice notice--warn">
        <Unbroken
          text={texts.setup.attention(texts.list(namesOf(inTrouble)), inTrouble.length)}
          names={namesOf(inTrouble)}
        />
      </p>
    )
  }
  const unavailable = setup.steps.filter(({ status, requirement }) => status === 'UNAVAILABLE' && !requirement.optional)
  if (unavailable.length === 0) return null
  return (
    <p className="notice">
      <Unbroken
        text={texts.setup.unavailable(texts.list(namesOf(unavailable)), unavailable.length)}
        names={namesOf(unavailable)}
      />
    </p>
  )
}

/** Required apps come first, as on the page. */
function namesOf(steps: SetupScreenSetupFragment['steps']): string[] {
  const inOrder = steps.toSorted((one, other) => Number(one.requirement.optional) - Number(other.requirement.optional))
  return inOrder.map(({ connector }) => connector.name)
}
