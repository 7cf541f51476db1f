import { setTimeout as pause } from 'node:timers/promises'
import { type Patchbay, PatchbayError } from './patchbay.js'

/** Whose token is needed, of which app, and for which skill. */
export interface TokenRequest {
  /** As your application's tokens identify the user. */
  user: { subject: string; organization: string }
  connectorId: string
  /** Decides which of the user's accounts is used, and which permissions the token must have. */
  skillId: string
}

/** Keep it in memory only, and for one action: asking again is cheap, and you notice revoked access. */
export interface AccessToken {
  accessToken: string
  /** Increases with every new token of the connection. */
  version: number
}

interface Unavailable {
  reason: string
  /** What the user can do; null if it isn't up to the user. */
  remedy: 'CONNECT' | 'REAUTHORIZE' | 'GRANT_SCOPES' | 'WAIT' | 'ASK_OPERATOR' | null
  /** A sentence for people. */
  message: string
  missingScopes: string[]
  /** Seconds after which trying again may help; null if only the remedy helps. */
  retryAfterSeconds: number | null
}

/** There is no token. `facts` say why, and what the user or an operator can do. */
export class TokenUnavailableError extends Error {
  override readonly name = 'TokenUnavailableError'
  constructor(readonly facts: Unavailable) {
    super(facts.message)
  }
}

const ISSUE_ACCESS_TOKEN = `
  mutation TokenForSkill($input: IssueAccessTokenInput!) {
    issueAccessToken(input: $input) {
      __typename
      ... on IssuedAccessToken { accessToken version }
      ... on AccessTokenUnavailableError { reason remedy missingScopes retryAfterSeconds }
      ... on Error { message }
    }
  }`

type Result =
  | ({ __typename: 'IssuedAccessToken' } & AccessToken)
  | ({ __typename: 'AccessTokenUnavailableError' } & Unavailable)
  | { __typename: 'NotFoundError' | 'InvalidInputError' | 'ForbiddenError'; message: string }

/**
 * Asks for a token once.
 * @param rejectedVersion the `version` of a token that the app answered with 401
 * @throws TokenUnavailableError, PatchbayError
 */
async function issueAccessToken(
  patchbay: Patchbay,
  request: TokenRequest,
  rejectedVersion: number | null,
): Promise<AccessToken> {
  const input = { ...request, rejectedVersion }
  const { issueAccessToken: result } = await patchbay.execute<{ issueAccessToken: Result }>(ISSUE_ACCESS_TOKEN, {
    input,
  })
  switch (result.__typename) {
    case 'IssuedAccessToken':
      return result
    case 'AccessTokenUnavailableError':
      throw new TokenUnavailableError(result)
    default:
      // A wrong id, or a key without the scope tokens:issue: nothing that a user could repair.
      throw new PatchbayError(result.message, result.__typename)
  }
}

/** While the app or Patchbay's vault has trouble, the action waits so long for it to pass. */
const PATIENCE_MS = 20_000

/**
 * Gets a token, and waits if Patchbay says that it will soon have one.
 * @throws TokenUnavailableError if only the user or an operator can help, or the trouble lasts
 */
async function waitForAccessToken(
  patchbay: Patchbay,
  request: TokenRequest,
  rejectedVersion: number | null,
): Promise<AccessToken> {
  const giveUpAt = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await issueAccessToken(patchbay, request, rejectedVersion)
    } catch (error) {
      if (!(error instanceof TokenUnavailableError)) throw error
      const { retryAfterSeconds } = error.facts
      const pauseMs = Math.max(1, retryAfterSeconds ?? 0) * 1_000
      if (retryAfterSeconds === null || Date.now() + pauseMs > giveUpAt) throw error
      await pause(pauseMs)
    }
  }
}

/**
 * Sends a request to an app as the user.
 *
 * If the app answers 401, Patchbay is told, refreshes the token or finds that the user revoked access, and the request is
 * sent once more. `send` may therefore be called twice; the app has done nothing the first time.
 * @returns the app's response, whatever its status
 * @throws TokenUnavailableError, PatchbayError, and what `send` throws
 */
export async function callApp(
  patchbay: Patchbay,
  request: TokenRequest,
  send: (accessToken: string) => Promise<Response>,
): Promise<Response> {
  const token = await waitForAccessToken(patchbay, request, null)
  const response = await send(token.accessToken)
  if (response.status !== 401) return response
  await response.body?.cancel()
  const next = await waitForAccessToken(patchbay, request, token.version)
  return send(next.accessToken)
}
