import type { Adapter, AdapterPayload, Grant } from 'oidc-provider'

export interface StoredRecord {
  model: string
  id: string
  payload: AdapterPayload
  /** milliseconds since the epoch; null: never */
  expiresAt: number | null
}

/** A person's permission as the control API shows it: no token values. */
export interface GrantView {
  id: string
  account: string
  scopes: string[]
  grantedAt: string
  accessTokens: number
  refreshTokens: number
}

const models = ['Grant', 'AccessToken', 'RefreshToken', 'AuthorizationCode']

/** Everything oidc-provider stores for one app, in memory; `changed` is called after every change. */
export class Records {
  readonly #records = new Map<string, StoredRecord>()
  readonly #changed: () => void

  constructor(stored: readonly StoredRecord[], changed: () => void) {
    for (const record of stored) this.#records.set(keyOf(record.model, record.id), record)
    this.#changed = changed
  }

  /** The storage of one oidc-provider model. */
  adapter(model: string): Adapter {
    const find = (id: string) => this.#live().find((record) => record.model === model && record.id === id)
    return {
      upsert: async (id, payload, expiresIn) => {
        const expiresAt = expiresIn === undefined ? null : Date.now() + expiresIn * 1000
        this.#records.set(keyOf(model, id), { model, id, payload: structuredClone(payload), expiresAt })
        this.#changed()
      },
      find: async (id) => structuredClone(find(id)?.payload),
      findByUid: async (uid) =>
        structuredClone(this.#live().find((record) => record.model === model && record.payload.uid === uid)?.payload),
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const record = find(id)
        if (record) record.payload.consumed = Math.floor(Date.now() / 1000)
        this.#changed()
      },
      destroy: async (id) => this.#remove((record) => record.model === model && record.id === id),
      revokeByGrantId: async (grantId) =>
        this.#remove((record) => record.model === model && record.payload.grantId === grantId),
    }
  }

  grants(): GrantView[] {
    const live = this.#live()
    const tokens = (model: string, grantId: string) =>
      live.filter((each) => each.model === model && each.payload.grantId === grantId && !each.payload.consumed).length
    return live
      .filter((record) => record.model === 'Grant')
      .map(({ id, payload }) => ({
        id,
        account: payload.accountId ?? '',
        scopes: grantedScopes(payload),
        grantedAt: new Date((payload.iat ?? 0) * 1000).toISOString(),
        accessTokens: tokens('AccessToken', id),
        refreshTokens: tokens('RefreshToken', id),
      }))
  }

  /** Ends every grant with its tokens, of one account or of all. Sessions stay: the person is still signed in. */
  revoke(accountId?: string): void {
    this.#remove(
      ({ model, payload }) => models.includes(model) && (accountId === undefined || payload.accountId === accountId),
    )
  }

  expireAccessTokens(): void {
    this.#remove((record) => record.model === 'AccessToken')
  }

  /** What is still valid, to be written down. */
  snapshot(): StoredRecord[] {
    return this.#live()
  }

  #live(): StoredRecord[] {
    const now = Date.now()
    for (const [key, record] of this.#records) {
      if (record.expiresAt !== null && record.expiresAt <= now) this.#records.delete(key)
    }
    return [...this.#records.values()]
  }

  #remove(matches: (record: StoredRecord) => boolean): void {
    for (const [key, record] of this.#records) if (matches(record)) this.#records.delete(key)
    this.#changed()
  }
}

function keyOf(model: string, id: string): string {
  return `${model}:${id}`
}

function grantedScopes(payload: AdapterPayload): string[] {
  const { openid, rejected } = payload as Pick<Grant, 'openid' | 'rejected'>
  const refused = new Set(rejected?.openid?.scope?.split(' '))
  return (openid?.scope?.split(' ') ?? []).filter((scope) => !refused.has(scope))
}
