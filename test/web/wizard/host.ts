import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SignJWT } from 'jose'
import { DEVELOPMENT_ISSUER } from '../../../src/http/development/development-issuer.js'

/** The names of cookies are up to the host. The wizard never sees them. */
const SESSION_COOKIE = 'host-session'
const LIFETIME_SECONDS = 3_600

/** A host platform: it identifies the signed-in user by a cookie, and hands out a token to the wizard's page. */
export interface Host extends AsyncDisposable {
  tokenUrl: string
  signInUrl: string
  /** The cookie of a signed-in user. */
  sessionOf(user: string): { name: string; value: string; url: string }
  tokenFor(user: string, lifetimeSeconds?: number): Promise<string>
  /** The number of tokens that this user got. */
  given(user: string): number
  /** Sets the lifetime of this user's tokens. */
  lifetime(user: string, seconds: number): void
  /** Sets what this user gets instead of a token. */
  hand(user: string, token: string): void
  /** Ends the user's session, so that the next request returns 401. */
  signOut(user: string): void
  signIn(user: string): void
}

/**
 * @param secretOf returns what the tokens are signed with, known once Patchbay runs
 * @param allowedOrigin returns the origin whose pages may ask, known once Patchbay runs
 */
export async function startHost(secretOf: () => Promise<string>, allowedOrigin: () => string): Promise<Host> {
  const lifetimes = new Map<string, number>()
  const given = new Map<string, number>()
  const handed = new Map<string, string>()
  const signedOut = new Set<string>()
  const tokenFor = async (user: string, seconds = lifetimes.get(user) ?? LIFETIME_SECONDS) =>
    new SignJWT({ sub: user, name: user, org: 'northwind', org_name: 'Northwind', roles: [] })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(DEVELOPMENT_ISSUER)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
      .sign(new TextEncoder().encode(await secretOf()))
  const server = createServer(async (request, response) => {
    const user = new RegExp(`${SESSION_COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1]
    response.setHeader('access-control-allow-origin', allowedOrigin())
    response.setHeader('access-control-allow-credentials', 'true')
    response.setHeader('content-type', 'application/json')
    if (!user || signedOut.has(user)) {
      response.writeHead(401).end('{}')
      return
    }
    given.set(user, (given.get(user) ?? 0) + 1)
    response.end(JSON.stringify({ token: handed.get(user) ?? (await tokenFor(user)) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  return {
    tokenUrl: `${url}/token`,
    signInUrl: `${url}/sign-in`,
    sessionOf: (user) => ({ name: SESSION_COOKIE, value: user, url }),
    tokenFor,
    given: (user) => given.get(user) ?? 0,
    lifetime: (user, seconds) => void lifetimes.set(user, seconds),
    hand: (user, token) => void handed.set(user, token),
    signOut: (user) => void signedOut.add(user),
    signIn: (user) => void signedOut.delete(user),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
