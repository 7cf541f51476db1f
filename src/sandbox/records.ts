import type { Adapter, AdapterPayload, Grant } from 'oidc-provider'
import { InvalidGrant } from 'oidc-provider/lib/helpers/errors.js'

export interface StoredRecord {
  model: string
  id: string
  payload: AdapterPayload
  /** milliseconds since the epoch; null: never */
  expiresAt: number | null
  /** when a code or a rotated refresh token was used up, in milliseconds since the epoch */
  consumedAt?: number | undefined
}

/** A person's permission as the control API shows it: no token values. */
export interface GrantView {
  id: string
  account: string
  scopes: string[]
  grantedAt: string
  /** how many are accepted now */
  accessTokens: number
  /** when the last of them expires by itself; null without one */
  accessTokensUntil: string | null
  /** how many are accepted now; none: the grant cannot be refreshed */
  refreshTokens: number
}

/** Which grants an action is about: one, those of one account, or all. */
export interface GrantSelection {
  grant?: string | undefined
  account?: string | undefined
}

const models = ['Grant', 'AccessToken', 'RefreshToken', 'AuthorizationCode']
const FIRST_SWEEP = 1000

/**
 * Everything oidc-provider stores for one app, in memory; `changed` is called after every change.
 *
 * Records are found by model and id, by grant and by uid without walking the others. What has expired is never given
 * out, and is removed when it is met or when the store has doubled since the last time all were looked at.
 */
export class Records {
  readonly #byModel = new Map<string, Map<string, StoredRecord>>()
  readonly #byGrant = new Map<string, Set<StoredRecord>>()
  readonly #byUid = new Map<string, StoredRecord>()
  readonly #changed: () => void
  #size = 0
  #sweepAt = FIRST_SWEEP

  constructor(stored: readonly StoredRecord[], changed: () => void) {
    this.#changed = changed
    for (const record of stored) this.#add(record)
  }

  /** How many there are, with those that have expired and were not met since. */
  get size(): number {
    return this.#size
  }

  /** The storage of one oidc-provider model. */
  adapter(model: string): Adapter {
    return {
      upsert: async (id, payload, expiresIn) => {
        const expiresAt = expiresIn === undefined ? null : Date.now() + expiresIn * 1000
        this.#add({ model, id, payload: structuredClone(payload), expiresAt })
        this.#changed()
      },
      find: async (id) => structuredClone(this.get(model, id)?.payload),
      findByUid: async (uid) => structuredClone(this.#ifLive(this.#byUid.get(keyOf(model, uid)))?.payload),
      findByUserCode: async () => undefined,
      consume: async (id) => {
        // Between finding and consuming another request may have come first: only one of them goes on.
        if (!this.consume(model, id)) throw new InvalidGrant(`${model} already used`)
      },
      destroy: async (id) => this.#remove([this.#byModel.get(model)?.get(id)]),
      revokeByGrantId: async (grantId) => this.#remove(this.#ofGrant(grantId).filter((each) => each.model === model)),
    }
  }

  get(model: string, id: string): Readonly<StoredRecord> | undefined {
    return this.#ifLive(this.#byModel.get(model)?.get(id))
  }

  /** True for the one call that uses it up; false when it is used up already, or gone. */
  consume(model: string, id: string): boolean {
    const record = this.#ifLive(this.#byModel.get(model)?.get(id))
    if (!record || isConsumed(record)) return false
    record.consumedAt = Date.now()
    record.payload.consumed = Math.floor(record.consumedAt / 1000)
    this.#changed()
    return true
  }

  grants(): GrantView[] {
    return this.#all('Grant').map(({ id, payload }) => {
      const usable = this.#ofGrant(id).filter((each) => !isConsumed(each))
      const accessTokens = usable.filter((each) => each.model === 'AccessToken')
      const until = Math.max(...accessTokens.map((each) => each.expiresAt ?? 0))
      return {
        id,
        account: payload.accountId ?? '',
        scopes: grantedScopes(payload),
        grantedAt: new Date((payload.iat ?? 0) * 1000).toISOString(),
        accessTokens: accessTokens.length,
        accessTokensUntil: until > 0 ? new Date(until).toISOString() : null,
        refreshTokens: usable.filter((each) => each.model === 'RefreshToken').length,
      }
    })
  }

  /** Says whether there is a grant to act on: of that id, of that account, or both. */
  hasGrant({ grant, account }: GrantSelection): boolean {
    const candidates = grant === undefined ? this.#all('Grant') : [this.get('Grant', grant)]
    return candidates.some((each) => each && (account === undefined || each.payload.accountId === account))
  }

  /** Ends grants with their tokens. Sessions stay: the person is still signed in. */
  revoke(which: GrantSelection = {}): void {
    this.#remove(this.#select(models, which))
  }

  /** Ends access tokens now; a refresh gives new ones. */
  expireAccessTokens(which: GrantSelection = {}): void {
    this.#remove(this.#select(['AccessToken'], which))
  }

  /** Ends refresh tokens; access tokens work until they expire. */
  breakRefresh(which: GrantSelection = {}): void {
    this.#remove(this.#select(['RefreshToken'], which))
  }

  /** What is still valid, to be written down. */
  snapshot(): StoredRecord[] {
    return [...this.#byModel.keys()].flatMap((model) => this.#all(model))
  }

  #all(model: string): StoredRecord[] {
    return [...(this.#byModel.get(model)?.values() ?? [])].filter((record) => this.#ifLive(record))
  }

  /** The tokens and codes of one grant; not the grant itself. */
  #ofGrant(grantId: string): StoredRecord[] {
    return [...(this.#byGrant.get(grantId) ?? [])].filter((record) => this.#ifLive(record))
  }

  #select(among: readonly string[], { grant, account }: GrantSelection): (StoredRecord | undefined)[] {
    const candidates =
      grant === undefined
        ? among.flatMap((model) => this.#all(model))
        : [...this.#ofGrant(grant), this.#byModel.get('Grant')?.get(grant)]
    return candidates.filter(
      (each) => each && among.includes(each.model) && (account === undefined || each.payload.accountId === account),
    )
  }

  #ifLive(record: StoredRecord | undefined): StoredRecord | undefined {
    if (!record || record.expiresAt === null || record.expiresAt > Date.now()) return record
    this.#drop(record)
    return undefined
  }

  #add(record: StoredRecord): void {
    const { model, id, payload } = record
    const ofModel = this.#byModel.get(model) ?? new Map<string, StoredRecord>()
    this.#byModel.set(model, ofModel)
    const earlier = ofModel.get(id)
    if (earlier) this.#drop(earlier)
    ofModel.set(id, record)
    if (payload.grantId !== undefined) {
      const ofGrant = this.#byGrant.get(payload.grantId) ?? new Set<StoredRecord>()
      this.#byGrant.set(payload.grantId, ofGrant.add(record))
    }
    if (payload.uid !== undefined) this.#byUid.set(keyOf(model, payload.uid), record)
    this.#size++
    if (this.#size >= this.#sweepAt) {
      for (const each of [...this.#byModel.keys()]) this.#all(each)
      this.#sweepAt = Math.max(FIRST_SWEEP, this.#size * 2)
    }
  }

  #remove(records: Iterable<StoredRecord | undefined>): void {
    for (const record of records) if (record) this.#drop(record)
    this.#changed()
  }

  #drop(record: StoredRecord): void {
    const { model, id, payload } = record
    if (this.#byModel.get(model)?.get(id) !== record) return
    this.#byModel.get(model)?.delete(id)
    this.#size--
    if (payload.grantId !== undefined) {
      const ofGrant = this.#byGrant.get(payload.grantId)
      ofGrant?.delete(record)
      if (ofGrant?.size === 0) this.#byGrant.delete(payload.grantId)
    }
    const uid = payload.uid === undefined ? undefined : keyOf(model, payload.uid)
    if (uid !== undefined && this.#byUid.get(uid) === record) this.#byUid.delete(uid)
  }
}

export function isConsumed({ payload }: Readonly<StoredRecord>): boolean {
  return payload.consumed !== undefined
}

function keyOf(model: string, id: string): string {
  return `${model}:${id}`
}

function grantedScopes(payload: AdapterPayload): string[] {
  const { openid, rejected } = payload as Pick<Grant, 'openid' | 'rejected'>
  const refused = new Set(rejected?.openid?.scope?.split(' '))
  return (openid?.scope?.split(' ') ?? []).filter((scope) => !refused.has(scope))
}
