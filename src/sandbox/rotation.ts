import type { Adapter } from 'oidc-provider'
import { InvalidGrant } from 'oidc-provider/lib/helpers/errors.js'
import type { Behaviour } from './behaviour.js'
import { isConsumed, type Records, type StoredRecord } from './records.js'

export interface RotationRules {
  behaviour: Readonly<Pick<Behaviour, 'rotationGraceSeconds' | 'reuseEndsGrant'>>
  /** Called once for every refresh that presents a refresh token which was already used up. */
  reused(): void
}

const MODEL = 'RefreshToken'

/**
 * The storage of refresh tokens, with what an app does when one is presented again after its rotation: within the grace
 * it still works, later it ends the grant (RFC 9700 section 4.14.2), or is merely refused where reuse goes undetected.
 *
 * Of parallel refreshes with one token exactly one is the first, whatever lies between finding the token and using it up.
 * @param refresh the refresh that is being answered at the moment, the same object during all of it
 */
export function refreshTokenAdapter(
  records: Records,
  rules: RotationRules,
  refresh: () => object | undefined,
): Adapter {
  const plain = records.adapter(MODEL)
  const counted = new WeakSet<object>()

  const countOnce = (request: object | undefined) => {
    if (!request || counted.has(request)) return
    counted.add(request)
    rules.reused()
  }
  const isInGrace = ({ consumedAt = 0 }: Readonly<StoredRecord>) =>
    Date.now() < consumedAt + rules.behaviour.rotationGraceSeconds * 1000

  return {
    ...plain,
    find: async (id) => {
      const record = records.get(MODEL, id)
      const request = refresh()
      if (!record || !isConsumed(record) || !request) return plain.find(id)
      countOnce(request)
      if (isInGrace(record)) return structuredClone({ ...record.payload, consumed: undefined })
      // oidc-provider ends the grant of a consumed token it finds.
      return rules.behaviour.reuseEndsGrant ? plain.find(id) : undefined
    },
    consume: async (id) => {
      if (records.consume(MODEL, id)) return
      const record = records.get(MODEL, id)
      if (!record) throw new InvalidGrant('refresh token not found')
      countOnce(refresh())
      if (isInGrace(record)) return
      const { grantId } = record.payload
      if (rules.behaviour.reuseEndsGrant && grantId !== undefined) records.revoke({ grant: grantId })
      throw new InvalidGrant('refresh token already used')
    },
  }
}
