import { SignJWT } from 'jose'
import type { TokenConfig } from '../../config/environment.js'

export const DEVELOPMENT_ISSUER = 'patchbay-development'
const LIFETIME = '12h'

interface Person {
  name: string
  organization: { id: string; name: string }
  operator: boolean
}

/** Three people in two organizations. The first one is signed in by default and is an operator. */
export const PEOPLE: Record<string, Person> = {
  ada: { name: 'Ada', organization: { id: 'northwind', name: 'Northwind' }, operator: true },
  ben: { name: 'Ben', organization: { id: 'northwind', name: 'Northwind' }, operator: false },
  cleo: { name: 'Cleo', organization: { id: 'southwind', name: 'Southwind' }, operator: false },
}

/** Signs a token for one of the development people. It is valid for twelve hours. */
export function signDevelopmentToken(
  secret: string,
  slug: string,
  { claims, operatorRole }: TokenConfig,
): Promise<string> {
  const person = PEOPLE[slug]
  if (!person) throw new RangeError(`there is no development person ${slug}`)
  const payload = {
    [claims.name]: person.name,
    [claims.organization]: person.organization.id,
    [claims.organizationName]: person.organization.name,
    [claims.roles]: person.operator ? [operatorRole] : [],
    [claims.subject]: slug,
  }
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(DEVELOPMENT_ISSUER)
    .setIssuedAt()
    .setExpirationTime(LIFETIME)
    .sign(new TextEncoder().encode(secret))
}
