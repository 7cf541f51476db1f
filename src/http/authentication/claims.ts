import type { JWTPayload } from 'jose'
import type { TokenConfig } from '../../config/environment.js'
import { identityIssuer } from '../../domain/identity/host-issuers.js'
import { userIdOf, type Viewer } from '../../domain/identity/viewer.js'
import { AuthenticationError } from './authentication-error.js'
import { claimIn, onlyText, textsIn, withKeys } from './claim-values.js'

/** The most seconds that a Date can express (ECMA-262 §21.4.1.1). */
const MAX_SECONDS = 8_640_000_000_000
const MAX_ID_LENGTH = 1_000
const MAX_NAME_LENGTH = 200

/**
 * Returns the user that a verified host token names, by the configured claims.
 * @throws AuthenticationError if a claim is missing that must be there, or can't be stored
 */
export function viewerFromClaims(
  payload: JWTPayload,
  { claims, operatorRole, defaultOrganization, issuers, formerIssuers }: TokenConfig,
): Viewer {
  const name = (claim: string) =>
    onlyText(claimIn(payload, claim))
      ?.replaceAll(/\p{Cc}/gu, ' ')
      .slice(0, MAX_NAME_LENGTH) ?? null
  const id = (claim: string, given: unknown) => {
    if (given === undefined || given === null || given === '')
      throw new AuthenticationError('claim', `The token has no ${claim} claim. Your application has to add it.`)
    const value = onlyText(given)
    if (value === undefined) {
      throw new AuthenticationError(
        'claim',
        `The token’s ${claim} claim has to be one text or one whole number, also in a list with nothing else.`,
      )
    }
    // PostgreSQL can't store U+0000 in a text.
    if (value.length > MAX_ID_LENGTH || value.includes('\0')) {
      throw new AuthenticationError(
        'claim',
        `The token’s ${claim} claim is longer than ${MAX_ID_LENGTH} characters or contains U+0000. Your application has to send another one.`,
      )
    }
    return value
  }
  const date = (claim: 'exp' | 'iat') => {
    const seconds = payload[claim]
    if (seconds === undefined) return null
    if (Math.abs(seconds) <= MAX_SECONDS) return new Date(seconds * 1_000)
    throw new AuthenticationError(
      'claim',
      `The token’s ${claim} claim is no date in seconds since 1970. Your application has to correct it.`,
    )
  }
  const subject = id(claims.subject, claimIn(payload, claims.subject))
  const inToken = withKeys(claimIn(payload, claims.organization))
  const organization = id(claims.organization, inToken ?? defaultOrganization)
  const issuer = identityIssuer(payload.iss ?? '', { main: issuers[0] ?? '', former: formerIssuers })
  return {
    userId: userIdOf({ issuer, subject, organization }),
    issuer,
    subject,
    name: name(claims.name),
    organization: { id: organization, name: name(claims.organizationName) },
    isOperator: textsIn(claimIn(payload, claims.roles)).includes(operatorRole),
    expiresAt: date('exp'),
    issuedAt: date('iat'),
    session: null,
  }
}
