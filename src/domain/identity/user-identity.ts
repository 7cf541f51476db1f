import { type InputFault, InvalidInputError } from '../errors.js'
import { type HostIssuers, identityIssuer, issuerFaults } from './host-issuers.js'

/** Who a user is, according to the host's tokens. */
export interface UserIdentity {
  issuer: string
  subject: string
  organization: string
}

/** The same, as a back end writes it. */
export interface GivenIdentity {
  subject: string
  organization: string
  /** Null for the main issuer of the host's tokens. */
  issuer: string | null
}

const MAX_LENGTH = 1_000

/** Returns what is wrong with a text from a back end. Null is valid. */
export function textFaults(path: string, text: string | null): InputFault[] {
  if (text === null) return []
  if (text === '') return [{ path, message: 'must not be empty' }]
  if (text.length > MAX_LENGTH) return [{ path, message: `must not be longer than ${MAX_LENGTH} characters` }]
  // PostgreSQL can't store this character in a text.
  return text.includes('\0') ? [{ path, message: 'must not contain the character U+0000' }] : []
}

function textsFaults({ subject, organization, issuer }: GivenIdentity): InputFault[] {
  return [
    ...textFaults('user.subject', subject),
    ...textFaults('user.organization', organization),
    ...textFaults('user.issuer', issuer),
  ]
}

/** Returns what is wrong with a user for whom something is to be made: texts, or an issuer that isn't configured. */
export function identityFaults(given: GivenIdentity, issuers: HostIssuers): InputFault[] {
  const faults = textsFaults(given)
  return faults.some(({ path }) => path === 'user.issuer')
    ? faults
    : [...faults, ...issuerFaults(given.issuer, issuers)]
}

export function identityOf({ subject, organization, issuer }: GivenIdentity, issuers: HostIssuers): UserIdentity {
  return { subject, organization, issuer: identityIssuer(issuer, issuers) }
}

/**
 * @param whose `configured` for users of the configured issuers only, `any` also for those of issuers that are gone
 * @throws InvalidInputError
 */
export function checkedIdentity(given: GivenIdentity, issuers: HostIssuers, whose: 'configured' | 'any'): UserIdentity {
  const faults = whose === 'any' ? textsFaults(given) : identityFaults(given, issuers)
  if (faults.length > 0) throw new InvalidInputError('input', faults)
  return identityOf(given, issuers)
}
