import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A response that replaces the app's own. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** What the app answers a refresh with. */
interface TokenResponse {
  access_token: string
  refresh_token: string
  token_type: string
  expires_in: number
}

/** One account's grant, with its current tokens. */
export interface Grant {
  account: string
  accessToken: string
  refreshToken: string
  ended: boolean
}

/**
 * An app on loopback that returns a new refresh token with every refresh, and ends a grant if an old one is used again.
 * At `/revoke`, a valid access token ends its grant.
 */
export interface RotatingApp extends AsyncDisposable {
  url: string
  /** The number of refresh requests that reached it. */
  tokenCalls: number
  /** How many of these had a refresh token that was used before. */
  reuses: number
  identityCalls: number
  /** The largest number of refreshes in progress at one time. */
  mostAtATime: number
  accessTokenSeconds: number
  /** Called before it does anything. */
  beforeRefresh: ((refreshToken: string) => Promise<void> | void) | undefined
  /** Called after it has replaced the tokens and before it responds. */
  afterRefresh: (() => Promise<void> | void) | undefined
  /** Replaces its responses. The app then does nothing. */
  refusesRefresh: Answer | undefined
  refusesIdentity: Answer | undefined
  /** Replaces its responses to these refresh tokens. The app then does nothing. */
  refusesTokens: ReadonlyMap<string, Answer>
  /** Writes its new tokens in another way: as members, or as the body itself. */
  writesTokens: ((tokens: TokenResponse) => object | string) | undefined
  mint(account: string): Grant
  grantOf(account: string): Grant | undefined
  /** The person revokes access. */
  revoke(account: string): void
}

export async function startRotatingApp(): Promise<RotatingApp> {
  const grants = new Map<string, Grant>()
  const byRefreshToken = new Map<string, Grant>()
  const byAccessToken = new Map<string, Grant>()
  let atATime = 0
  const renew = (grant: Grant) => {
    byAccessToken.delete(grant.accessToken)
    grant.accessToken = randomBytes(16).toString('hex')
    grant.refreshToken = randomBytes(16).toString('hex')
    byAccessToken.set(grant.accessToken, grant)
    byRefreshToken.set(grant.refreshToken, grant)
  }
  const app: Omit<RotatingApp, 'url' | typeof Symbol.asyncDispose> = {
    tokenCalls: 0,
    reuses: 0,
    identityCalls: 0,
    mostAtATime: 0,
    accessTokenSeconds: 3_600,
    beforeRefresh: undefined,
    afterRefresh: undefined,
    refusesRefresh: undefined,
    refusesIdentity: undefined,
    refusesTokens: new Map(),
    writesTokens: undefined,
    mint(account) {
      const grant: Grant = { account, accessToken: '', refreshToken: '', ended: false }
      grants.set(account, grant)
      renew(grant)
      return { ...grant }
    },
    grantOf: (account) => grants.get(account),
    revoke(account) {
      const grant = grants.get(account)
      if (grant) grant.ended = true
    },
  }

  async function refresh(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += chunk
    const token = new URLSearchParams(body).get('refresh_token') ?? ''
    app.tokenCalls++
    const refuses = app.refusesRefresh ?? app.refusesTokens.get(token)
    if (refuses) return refuses(request, response)
    await app.beforeRefresh?.(token)
    const grant = byRefreshToken.get(token)
    if (grant && grant.refreshToken !== token) {
      app.reuses++
      grant.ended = true
    }
    if (!grant || grant.ended) return answerJson(response, 400, { error: 'invalid_grant' })
    renew(grant)
    const { accessToken, refreshToken } = grant
    await app.afterRefresh?.()
    const tokens: TokenResponse = {
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: 'bearer',
      expires_in: app.accessTokenSeconds,
    }
    const written = app.writesTokens?.(tokens) ?? tokens
    if (typeof written === 'string') response.writeHead(200).end(written)
    else answerJson(response, 200, written)
  }

  function grantWith(authorization: string | undefined): Grant | undefined {
    const grant = byAccessToken.get(authorization?.replace(/^Bearer /, '') ?? '')
    return grant?.ended ? undefined : grant
  }

  function identify(request: IncomingMessage, response: ServerResponse): void {
    app.identityCalls++
    if (app.refusesIdentity) {
      app.refusesIdentity(request, response)
      return
    }
    const grant = grantWith(request.headers.authorization)
    if (!grant) answerJson(response, 401, { error: 'invalid_token' })
    else answerJson(response, 200, { id: grant.account, email: `${grant.account}@app.example` })
  }

  function endGrant({ headers }: IncomingMessage, response: ServerResponse): void {
    const grant = grantWith(headers.authorization)
    if (!grant) {
      answerJson(response, 401, { error: 'invalid_token' })
      return
    }
    grant.ended = true
    response.writeHead(204).end()
  }

  const server = createServer(async (request, response) => {
    if (request.url === '/revoke') return endGrant(request, response)
    if (request.url !== '/token') return identify(request, response)
    app.mostAtATime = Math.max(app.mostAtATime, ++atATime)
    await refresh(request, response).finally(() => atATime--)
  })
  // On a busy machine, no client should find a connection closed that it was about to use again.
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(app, {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  })
}

export function answerJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

export const answersWith =
  (status: number, body: object, headers?: Record<string, string>): Answer =>
  (_request, response) =>
    answerJson(response, status, body, headers)
