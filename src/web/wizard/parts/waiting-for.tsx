import { texts } from '../texts.js'
import { Names } from './names.js'

/** Why a skill isn't ready. */
export function WaitingFor({ apps }: { apps: readonly { name: string }[] }) {
  return (
    <>
      {texts.mine.waitingFor} <Names names={apps.map(({ name }) => name)} />
    </>
  )
}
