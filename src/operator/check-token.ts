import { decodeJwt, decodeProtectedHeader } from 'jose'
import { AuthenticationError } from '../http/authentication/authentication-error.js'
import { KeysUnavailableError } from '../http/authentication/host-tokens.js'
import type { Commands } from './command.js'

/** What is printed of a token that is refused. None of it is secret, and the signature isn't there. */
const SHOWN_CLAIMS = ['iss', 'aud', 'sub', 'exp', 'iat', 'nbf']

const KEYS_UNAVAILABLE = 'The keys at PATCHBAY_JWKS_URL can’t be read, so no token can be checked.'

/** Says what Patchbay makes of a user's token. It reads the token from standard input, so that no history keeps it. */
export const TOKEN_COMMANDS: Commands = {
  'check-token': {
    takes: [],
    options: { json: {} },
    explanation: 'read a user’s token from standard input, and say who it names or why it is refused',
    async run({ deps }) {
      const token = (await deps.readSecret(undefined, 'Token')).trim().replace(/^Bearer /i, '')
      try {
        const { viewer } = await deps.verifyToken(token)
        const { userId, issuer, subject, organization, name, isOperator, expiresAt } = viewer
        const facts = { userId, issuer, subject, organization: organization.id, organizationName: organization.name }
        const json = { accepted: true, ...facts, name, operator: isOperator, expiresAt }
        return { text: `Patchbay accepts this token.\n${listOf(json)}`, json }
      } catch (error) {
        if (error instanceof KeysUnavailableError)
          return { text: KEYS_UNAVAILABLE, json: { accepted: null }, incomplete: true }
        if (!(error instanceof AuthenticationError)) throw error
        const { reason, message } = error
        const json = { accepted: false, reason, message, ...contentsOf(token) }
        return {
          text: `Patchbay refuses this token (${reason}): ${message}\n${listOf(contentsOf(token))}`,
          json,
          incomplete: true,
        }
      }
    },
  },
}

/** Returns what helps to compare a token with the settings, or nothing if it is no JWT. */
function contentsOf(token: string): Record<string, unknown> {
  try {
    const { alg, kid } = decodeProtectedHeader(token)
    const claims = decodeJwt(token)
    const shown = SHOWN_CLAIMS.flatMap((name) => (claims[name] === undefined ? [] : [[name, claims[name]]]))
    return { alg, kid, ...Object.fromEntries(shown), claims: Object.keys(claims) }
  } catch {
    return {}
  }
}

function listOf(facts: Record<string, unknown>): string {
  return Object.entries(facts)
    .filter(([name, value]) => name !== 'accepted' && value !== undefined && value !== null)
    .map(([name, value]) => `  ${name.padEnd(17)} ${textOf(value)}`)
    .join('\n')
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : String(value)
}
