import type { Adapter, AdapterPayload, Grant } from 'oidc-provider'
import { InvalidGrant } from 'oidc-provider/lib/helpers/errors.js'

export interface StoredRecord {
  model: string
  id: string
  payload: AdapterPayload
  /** in milliseconds since the epoch; null if it never expires */
  expiresAt: number | null
  /** when a code or a rotated refresh token was used, in milliseconds since the epoch */
  consumedAt?: number | undefined
}

/** A grant as the control API shows it, without token values. */
export interface GrantView {
  id: string
  account: string
  scopes: string[]
  grantedAt: string
  /** how many of them work now */
  accessTokens: number
  /** when the last of them expires; null if there are none */
  accessTokensUntil: string | null
  /** how many of them work now; with 0, the grant can't be refreshed */
  refreshTokens: number
}

/** Which grants an action applies to: one, those of one account, or all. */
export interface GrantSelection {
  grant?: string | undefined
  account?: string | undefined
}

const models = ['Grant', 'AccessToken', 'RefreshToken', 'AuthorizationCode']
const FIRST_SWEEP = 1000

/**
 * Everything that oidc-provider stores for one app, in memory. Calls `changed` after every change.
 *
 * Finds records by model and id, by grant and by uid without a scan. Never returns an expired record. It removes one when a
 * lookup finds it, and removes all of them whenever the store has doubled in size since the last scan.
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

  /** The number of records, including expired ones that no lookup has found yet. */
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
        // Another request may have consumed it since it was found. Only one of them goes on.
        if (!this.consume(model, id)) throw new InvalidGrant(`${model} already used`)
      },
      destroy: async (id) => this.#remove([this.#byModel.get(model)?.get(id)]),
      revokeByGrantId: async (grantId) => this.#remove(this.#ofGrant(grantId).filter((each) => each.model === model)),
    }
  }

  get(model: string, id: string): Readonly<StoredRecord> | undefined {
    return this.#ifLive(this.#byModel.get(model)?.get(id))
  }

  /** Returns true for the one call that consumes the record, and false if it was already consumed or doesn't exist. */
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

  /** Returns whether a grant with this id, of this account, or both, exists. */
  hasGrant({ grant, account }: GrantSelection): boolean {
    const candidates = grant === undefined ? this.#all('Grant') : [this.get('Grant', grant)]
    return candidates.some((each) => each && (account === undefined || each.payload.accountId === account))
  }

  /** Ends grants with their tokens. Sessions stay, so the person is still signed in. */
  revoke(which: GrantSelection = {}): void {
    this.#remove(this.#select(models, which))
  }

  /** Ends access tokens now. A refresh returns new ones. */
  expireAccessTokens(which: GrantSelection = {}): void {
    this.#remove(this.#select(['AccessToken'], which))
  }

  /** Ends refresh tokens. Access tokens work until they expire. */
  breakRefresh(which: GrantSelection = {}): void {
    this.#remove(this.#select(['RefreshToken'], which))
  }

  /** Returns the records that haven't expired, for the state file. */
  snapshot(): StoredRecord[] {
    return [...this.#byModel.keys()].flatMap((model) => this.#all(model))
  }

  #all(model: string): StoredRecord[] {
    return [...(this.#byModel.get(model)?.values() ?? [])].filter((record) => this.#ifLive(record))
  }

  /** Returns the tokens and codes of one grant, but not the grant itself. */
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
