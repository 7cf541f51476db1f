import type { Connector } from '../catalogue/catalogue.js'
import { type AwaitedChoice, openAwaitedChoice } from '../credential/authorization-secret.js'
import { openTokens, type StoredTokens } from '../credential/tokens.js'
import type { Deps } from '../deps.js'
import { statement } from '../ports/sql.js'
import { VaultError } from '../ports/vault.js'
import {
  type AuthorizationRecord,
  CONNECTOR_UNAVAILABLE,
  type Ending,
  endAuthorization,
  INTERRUPTED,
  NOTHING_CHOSEN,
  OTHER_ACCOUNT,
} from './authorization-record.js'
import { type ChangeAuthorizationDeps, changeAuthorization } from './change-authorization.js'
import { type StoreConnectionDeps, storeConnection } from './store-connection.js'

export type TakeChoiceDeps = StoreConnectionDeps & ChangeAuthorizationDeps

/** `finished`: this choice ended the authorization, successfully or not. `ended`: something else did, or its deadline. */
export type TakenChoice = 'finished' | 'unknown-choice' | 'ended'

interface Kept {
  sealedChoice: Uint8Array<ArrayBuffer>
  sealedTokens: Uint8Array<ArrayBuffer>
  isPast: boolean
  /** Since the code was exchanged. */
  waitedSeconds: number
}

const READ_KEPT = statement<[id: string], Kept>(
  'read-kept-tokens',
  `SELECT secret.sealed AS "sealedChoice", kept.sealed AS "sealedTokens", "expiresAt" <= now() AS "isPast",
    extract(epoch FROM now() - "exchangeStartedAt")::double precision AS "waitedSeconds"
  FROM "Authorization" tried
  JOIN "AuthorizationSecret" secret ON secret."authorizationId" = tried.id
  JOIN "AuthorizationTokens" kept ON kept."authorizationId" = tried.id
  WHERE tried.id = $1::uuid AND status = 'AWAITING_CHOICE'`,
)

/**
 * Connects the account that the person chose. The authorization remains AWAITING_CHOICE until the connection is stored,
 * so whatever fails before that, the person can choose again. Of several choices, one is stored.
 * @throws VaultError if the tokens may be opened or sealed later
 */
export async function takeChoice(
  deps: TakeChoiceDeps,
  found: AuthorizationRecord,
  connector: Connector,
  choiceId: string,
): Promise<TakenChoice> {
  const authorization: AuthorizationRecord = { ...found, status: 'AWAITING_CHOICE' }
  const finish = async (ending: Ending) => ((await end(deps, authorization, ending)) ? 'finished' : 'ended')
  deps.telemetry.authorizationConcerned(authorization.id)
  const [kept] = await deps.sql.run(READ_KEPT, authorization.id)
  if (!kept) return 'ended'
  if (kept.isPast) {
    await end(deps, authorization, NOTHING_CHOSEN)
    return 'ended'
  }
  const opened = await open(deps, authorization, kept)
  if (!opened) return finish(INTERRUPTED)
  const { awaited, tokens } = opened
  const choice = awaited.choices.find(({ id }) => id === choiceId)
  if (!choice) return 'unknown-choice'
  if (!connector.available) return finish(CONNECTOR_UNAVAILABLE)
  const consent = {
    connector,
    account: choice.account,
    tokens: {
      ...tokens,
      server: tokens.server ?? null,
      metadata: choice.metadata,
      scope: awaited.scope,
      expiresInSeconds: secondsLeft(awaited.expiresInSeconds, kept.waitedSeconds),
    },
  }
  const outcome = await storeConnection(deps, authorization, consent, undefined)
  if (outcome === 'another-account') return finish(OTHER_ACCOUNT)
  return outcome === 'stored' ? 'finished' : 'ended'
}

/** @returns null if a record is damaged */
async function open(
  { vault }: Pick<Deps, 'vault'>,
  authorization: AuthorizationRecord,
  { sealedChoice, sealedTokens }: Kept,
): Promise<{ awaited: AwaitedChoice; tokens: StoredTokens } | null> {
  const { id, userId, user } = authorization
  try {
    const [awaited, tokens] = await Promise.all([
      openAwaitedChoice(vault, authorization, sealedChoice),
      openTokens(vault, { organization: user.organization, userId, recordId: id }, sealedTokens),
    ])
    return awaited && { awaited, tokens }
  } catch (error) {
    if (error instanceof VaultError && !error.retryable) return null
    throw error
  }
}

function end(deps: ChangeAuthorizationDeps, authorization: AuthorizationRecord, ending: Ending): Promise<boolean> {
  return changeAuthorization(deps, authorization, async (tx, current, { now }) =>
    current.status === 'AWAITING_CHOICE' ? endAuthorization(tx, current, now, ending) : false,
  )
}

/** Rounded down, because a token that is refreshed too early is no loss. */
function secondsLeft(expiresInSeconds: number | null, waitedSeconds: number): number | null {
  return expiresInSeconds === null ? null : Math.max(0, Math.floor(expiresInSeconds - waitedSeconds))
}
