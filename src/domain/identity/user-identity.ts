import { type InputFault, InvalidInputError } from '../errors.js'

/** Who a user is: what the host's tokens say of them. */
export interface UserIdentity {
  issuer: string
  subject: string
  organization: string
}

/** The same, as a back end writes it. */
export interface GivenIdentity {
  subject: string
  organization: string
  /** Null: the issuer of the host's tokens. */
  issuer: string | null
}

const MAX_LENGTH = 1_000

/** What is wrong with a text that a back end gives; null is not. */
export function textFaults(path: string, text: string | null): InputFault[] {
  if (text === null) return []
  if (text === '') return [{ path, message: 'must not be empty' }]
  if (text.length > MAX_LENGTH) return [{ path, message: `must not be longer than ${MAX_LENGTH} characters` }]
  // PostgreSQL stores no such character in a text.
  return text.includes('\0') ? [{ path, message: 'must not contain the character U+0000' }] : []
}

export function identityFaults({ subject, organization, issuer }: GivenIdentity): InputFault[] {
  return [
    ...textFaults('user.subject', subject),
    ...textFaults('user.organization', organization),
    ...textFaults('user.issuer', issuer),
  ]
}

/** @param hostIssuer of users whose back end names none */
export function identityOf({ subject, organization, issuer }: GivenIdentity, hostIssuer: string): UserIdentity {
  return { subject, organization, issuer: issuer ?? hostIssuer }
}

/** @throws InvalidInputError */
export function checkedIdentity(given: GivenIdentity, hostIssuer: string): UserIdentity {
  const faults = identityFaults(given)
  if (faults.length > 0) throw new InvalidInputError('input', faults)
  return identityOf(given, hostIssuer)
}
