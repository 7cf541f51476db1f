import type { JWTPayload } from 'jose'
import type { TokenConfig } from '../../config/environment.js'
import { userIdOf, type Viewer } from '../../domain/identity/viewer.js'
import { AuthenticationError } from './authentication-error.js'

/**
 * Returns the user that a verified host token names, by the configured claims.
 * @throws AuthenticationError if a required claim is missing
 */
export function viewerFromClaims(payload: JWTPayload, { claims, operatorRole }: TokenConfig): Viewer {
  const text = (claim: string) => {
    const value = payload[claim]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const subject = text(claims.subject)
  const organization = text(claims.organization)
  if (subject === null) throw new AuthenticationError(`The token has no ${claims.subject} claim.`)
  if (organization === null) throw new AuthenticationError(`The token has no ${claims.organization} claim.`)
  const issuer = payload.iss ?? ''
  const roles = payload[claims.roles]
  return {
    userId: userIdOf({ issuer, subject, organization }),
    issuer,
    subject,
    name: text(claims.name),
    organization: { id: organization, name: text(claims.organizationName) },
    isOperator: Array.isArray(roles) ? roles.includes(operatorRole) : roles === operatorRole,
    expiresAt: payload.exp === undefined ? null : new Date(payload.exp * 1000),
    issuedAt: payload.iat === undefined ? null : new Date(payload.iat * 1000),
    session: null,
  }
}
