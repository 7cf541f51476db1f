import type { Adapter } from 'oidc-provider'
import { InvalidGrant } from 'oidc-provider/lib/helpers/errors.js'
import type { Behavior } from './behavior.js'
import { isConsumed, type Records, type StoredRecord } from './records.js'

export interface RotationRules {
  behavior: Readonly<Pick<Behavior, 'rotationGraceSeconds' | 'reuseEndsGrant'>>
  /** Called once for every refresh with a refresh token that was already used. */
  reused(): void
}

const MODEL = 'RefreshToken'

/**
 * Stores refresh tokens, and decides what happens when a client uses one again after its rotation. During the grace period
 * it still works. After that it ends the grant (RFC 9700 section 4.14.2), or is only rejected if reuse detection is off.
 *
 * If refreshes use the same token in parallel, exactly one of them counts as the first, no matter what happens between
 * finding the token and consuming it.
 * @param refresh returns the refresh that is being handled, which is the same object from its start to its end
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
    Date.now() < consumedAt + rules.behavior.rotationGraceSeconds * 1000

  return {
    ...plain,
    find: async (id) => {
      const record = records.get(MODEL, id)
      const request = refresh()
      if (!record || !isConsumed(record) || !request) return plain.find(id)
      countOnce(request)
      if (isInGrace(record)) return structuredClone({ ...record.payload, consumed: undefined })
      // If it finds a consumed token, oidc-provider ends the grant.
      return rules.behavior.reuseEndsGrant ? plain.find(id) : undefined
    },
    consume: async (id) => {
      if (records.consume(MODEL, id)) return
      const record = records.get(MODEL, id)
      if (!record) throw new InvalidGrant('refresh token not found')
      countOnce(refresh())
      if (isInGrace(record)) return
      const { grantId } = record.payload
      if (rules.behavior.reuseEndsGrant && grantId !== undefined) records.revoke({ grant: grantId })
      throw new InvalidGrant('refresh token already used')
    },
  }
}
