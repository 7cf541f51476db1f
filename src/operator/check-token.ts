import { decodeJwt, decodeProtectedHeader } from 'jose'
import { AuthenticationError } from '../http/authentication/authentication-error.js'
import { type CredentialKind, credentialKind } from '../http/authentication/credential-kind.js'
import { KeysUnavailableError } from '../http/authentication/host-keys.js'
import type { CommandContext, Commands } from './command.js'

/** What is printed of a token. None of it is secret, and the signature isn't there. */
const SHOWN_CLAIMS = ['iss', 'aud', 'sub', 'exp', 'iat', 'nbf']
const DATES = ['exp', 'iat', 'nbf']

const NO_TOKEN: Readonly<Record<Exclude<CredentialKind, 'token'>, string>> = {
  'api-key': 'This is an API key, not a user’s token. list-keys shows which keys count.',
  'setup-session': 'This is a setup session, not a user’s token.',
}
const EMPTY = 'No token was given. Send it to standard input: echo "$TOKEN" | npm run --silent operator -- check-token'
const KEYS_UNAVAILABLE = 'The keys at PATCHBAY_JWKS_URL can’t be read, so no token can be checked.'

/** Says what Patchbay makes of a user's token. It reads the token from standard input, so that no history keeps it. */
export const TOKEN_COMMANDS: Commands = {
  'check-token': {
    takes: [],
    options: { json: {} },
    offline: true,
    explanation: 'read a user’s token from standard input, and say who it names or why it is refused',
    async run({ deps }) {
      const token = (await deps.readSecret(undefined, 'Token')).trim().replace(/^Bearer(?:\s+|$)/i, '')
      if (token === '')
        return { text: EMPTY, json: { accepted: false, reason: 'missing', message: EMPTY }, incomplete: true }
      try {
        const kind = credentialKind(token)
        if (kind !== 'token') throw new AuthenticationError(kind, NO_TOKEN[kind])
        const { viewer } = await deps.verifyToken(token)
        const { userId, organization, name, isOperator } = viewer
        const facts = { userId, organization: organization.id, organizationName: organization.name, name }
        const json = { accepted: true, ...facts, operator: isOperator, ...contentsOf(token) }
        return { text: `Patchbay accepts this token.\n${listOf(json)}`, json }
      } catch (error) {
        if (error instanceof KeysUnavailableError)
          return { text: KEYS_UNAVAILABLE, json: { accepted: null }, incomplete: true }
        if (!(error instanceof AuthenticationError)) throw error
        const { reason, message } = error
        const contents = contentsOf(token)
        const expected = mismatches(contents, deps.tokens)
        const json = { accepted: false, reason, message, ...contents, ...(expected.length > 0 && { expected }) }
        const text = [
          `Patchbay refuses this token (${reason}): ${message}`,
          ...expected.map((mismatch) => wordsOf(mismatch)),
          listOf(contents),
        ]
        return { text: text.filter(Boolean).join('\n'), json, incomplete: true }
      }
    },
  },
}

/** A claim that isn't as configured. */
interface Mismatch {
  claim: 'iss' | 'aud'
  /** One of these is right. */
  expected: readonly string[]
  actual: unknown
  /** Whether the token has an earlier name of the issuer. */
  former?: boolean
}

/** Compares a token's issuer and audience with the settings, whatever else may be wrong with it. */
function mismatches(
  { iss, aud, claims }: Record<string, unknown>,
  { issuers, formerIssuers, audience }: CommandContext['deps']['tokens'],
): Mismatch[] {
  if (claims === undefined) return []
  const found: Mismatch[] = []
  if (issuers.length > 0 && !issuers.includes(String(iss))) {
    found.push({ claim: 'iss', expected: issuers, actual: iss ?? null, former: formerIssuers.includes(String(iss)) })
  }
  if (audience !== undefined && ![aud].flat().includes(audience)) {
    found.push({ claim: 'aud', expected: [audience], actual: aud ?? null })
  }
  return found
}

function wordsOf({ claim, expected, actual, former }: Mismatch): string {
  const variable = claim === 'iss' ? 'PATCHBAY_JWT_ISSUER' : 'PATCHBAY_JWT_AUDIENCE'
  const has = actual === null ? `The token has no ${claim}` : `The token’s ${claim} is ${textOf(actual)}`
  const fact = `${has}, and ${variable} expects ${expected.join(' or ')}.`
  if (!former) return fact
  return `${fact} PATCHBAY_JWT_FORMER_ISSUERS has it, but former issuers only keep users’ ids: their tokens aren’t accepted. To accept both for a while, add it to PATCHBAY_JWT_ISSUER too.`
}

/** Returns what helps to compare a token with the settings, or nothing if it is no JWT. */
function contentsOf(token: string): Record<string, unknown> {
  try {
    const { alg, kid } = decodeProtectedHeader(token)
    const claims = decodeJwt(token)
    const shown = SHOWN_CLAIMS.flatMap((name) =>
      claims[name] === undefined ? [] : [[name, shownValue(name, claims[name])]],
    )
    return { alg, kid, ...Object.fromEntries(shown), claims: Object.keys(claims) }
  } catch {
    return {}
  }
}

function shownValue(name: string, value: unknown): unknown {
  const date = DATES.includes(name) && typeof value === 'number' ? new Date(value * 1_000) : undefined
  return date && !Number.isNaN(date.getTime()) ? date.toISOString() : value
}

function listOf(facts: Record<string, unknown>): string {
  return Object.entries(facts)
    .filter(([name, value]) => name !== 'accepted' && value !== undefined && value !== null)
    .map(([name, value]) => `  ${name.padEnd(17)} ${textOf(value)}`)
    .join('\n')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : String(value)
}
