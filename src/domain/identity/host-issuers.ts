/** The issuers whose tokens name the host's users. */
export interface HostIssuers {
  /** The main one: of users that a back end names without an issuer. */
  readonly main: string
  /** Earlier names of the main one, the oldest first. Their subjects are the same people. */
  readonly former: readonly string[]
}

/**
 * Returns the issuer that a user's id is derived from. It stays the oldest name of the main issuer, so that users keep
 * their connections when the host changes its identity provider.
 * @param issuer of a token, or as a back end gives it. Null for the main one
 */
export function identityIssuer(issuer: string | null, { main, former }: HostIssuers): string {
  if (issuer !== null && issuer !== main && !former.includes(issuer)) return issuer
  return former[0] ?? main
}
