import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWTVerifyGetKey,
} from 'jose'

/** After this time, the host's keys are fetched again, and tokens that they verified are verified again. */
export const KEYS_LIFETIME_MS = 60_000
/** How long the last keys count if the host doesn't serve any. */
const LAST_KEYS_COUNT_MS = 10 * 60_000
/** A token that names an unknown key has the keys fetched, but not more often than this. Forged ones would do so too. */
const NEW_KEYS_EVERY_MS = 1_000

export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError'
}

/**
 * Called when the keys at this URL can be read, and when they no longer can.
 * @param error why not. Null if they can
 */
export type KeysChanged = (url: string, error: unknown) => void

export interface HostKeys {
  keyOf: JWTVerifyGetKey
  /** Fetches the keys unless the last fetch succeeded. @returns whether they can be read */
  check(): Promise<boolean>
}

/**
 * The keys that a host publishes. If they can't be fetched, the last ones count for a while. After that, it is a fault
 * and not a rejection, because it says nothing about a token.
 * @param fetchKeys fetches them, by default directly
 */
export function createHostKeys(url: string, changed: KeysChanged, fetchKeys?: FetchImplementation): HostKeys {
  const keys = createRemoteJWKSet(new URL(url), {
    cacheMaxAge: KEYS_LIFETIME_MS,
    cooldownDuration: NEW_KEYS_EVERY_MS,
    ...(fetchKeys && { [customFetch]: fetchKeys }),
  })
  let freshAt = 0
  let isReadable: boolean | undefined
  const note = (error: unknown) => {
    const before = isReadable
    isReadable = error === null
    if (isReadable) freshAt = Date.now()
    if (isReadable !== before) changed(url, error)
  }
  return {
    async keyOf(header, token) {
      try {
        const key = await keys(header, token)
        note(null)
        return key
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error
        note(error)
        const last = keys.jwks()
        if (last && Date.now() < freshAt + LAST_KEYS_COUNT_MS) return createLocalJWKSet(last)(header, token)
        throw new KeysUnavailableError('the host’s JWKS cannot be read', { cause: error })
      }
    },
    async check() {
      if (isReadable) return true
      return keys.reload().then(
        () => {
          note(null)
          return true
        },
        (error) => {
          note(error)
          return false
        },
      )
    },
  }
}
