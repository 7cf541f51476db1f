import { texts } from '../texts.js'
import { Names } from './names.js'
import { waitingGroups } from './waiting-groups.js'

interface WaitingForProps<A> {
  apps: readonly A[]
  /** Whether the app is connected, and the skill lacks only permissions. */
  lacksPermissions(app: A): boolean
}

/** Why a skill isn't ready. */
export function WaitingFor<A extends { name: string }>({ apps, lacksPermissions }: WaitingForProps<A>) {
  const { waiting, lacking } = waitingGroups(apps, lacksPermissions)
  const groups = [
    { words: texts.mine.waitingFor, group: waiting },
    { words: texts.mine.permissionsFor, group: lacking },
  ]
  return groups
    .filter(({ group }) => group.length > 0)
    .map(({ words, group }) => (
      <span key={words} className="line">
        {words} <Names names={group.map(({ name }) => name)} />
      </span>
    ))
}
