import { texts } from '../texts.js'
import { Names } from './names.js'

interface WaitingForProps<A> {
  apps: readonly A[]
  /** Whether the app is connected, and the skill lacks only permissions. */
  lacksPermissions(app: A): boolean
}

/** Why a skill isn't ready. */
export function WaitingFor<A extends { name: string }>({ apps, lacksPermissions }: WaitingForProps<A>) {
  const lacking = apps.filter(lacksPermissions)
  const groups = [
    { words: texts.mine.waitingFor, group: apps.filter((app) => !lacking.includes(app)) },
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
