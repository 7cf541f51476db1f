import type { InputFault } from '../errors.js'

/** The issuers whose tokens name the host's users. */
export interface HostIssuers {
  /** The main one: of users that a back end names without an issuer. */
  readonly main: string
  /** Earlier names of the main one, the oldest first. Their subjects are the same people. */
  readonly former: readonly string[]
  /** Further ones whose tokens are accepted. */
  readonly others: readonly string[]
  /** Whether tokens of every issuer are accepted, which only development allows. */
  readonly any: boolean
}

/**
 * Returns the issuer that a user's id is derived from. It stays the oldest name of the main issuer, so that users keep
 * their connections when the host changes its identity provider.
 * @param issuer of a token, or as a back end gives it. Null for the main one
 */
export function identityIssuer(issuer: string | null, { main, former }: Pick<HostIssuers, 'main' | 'former'>): string {
  if (issuer !== null && issuer !== main && !former.includes(issuer)) return issuer
  return former[0] ?? main
}

/** Returns what is wrong with an issuer that a back end gives: no token of its users would ever be accepted. */
export function issuerFaults(issuer: string | null, { main, former, others, any }: HostIssuers): InputFault[] {
  const configured = [main, ...others, ...former]
  if (issuer === null || any || configured.includes(issuer)) return []
  const remedy =
    configured.length === 1
      ? `Pass ${main}, or leave it out`
      : `Pass one of ${configured.join(', ')}, or leave it out for ${main}`
  const message = `isn’t an issuer of your tokens here. ${remedy}. Operators configure issuers with PATCHBAY_JWT_ISSUER`
  return [{ path: 'user.issuer', message }]
}
