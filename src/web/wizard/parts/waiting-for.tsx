import { texts } from '../texts.js'
import { Names } from './names.js'
import type { WaitingGroup } from './waiting-groups.js'

/** Why a skill isn't ready. */
export function WaitingFor({ groups }: { groups: readonly WaitingGroup<{ name: string }>[] }) {
  return groups.map(({ need, apps }) => (
    <span key={need} className="line">
      {texts.mine.needs[need]} <Names names={apps.map(({ name }) => name)} />
    </span>
  ))
}
