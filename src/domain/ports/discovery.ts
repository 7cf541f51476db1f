import type { z } from 'zod'
import type { ProviderSchema } from '../catalogue/provider.js'
import type { FailureCause } from './failure-cause.js'

/**
 * Reads an issuer's metadata (OpenID Connect Discovery 1.0 §4, RFC 8414 §3).
 * @param issuerTemplate the issuer that the metadata may have instead, with `{tenantid}` in place of the tenant
 */
export type Discover = (
  issuer: string,
  options?: { issuerTemplate?: string | null },
) => Promise<z.input<typeof ProviderSchema>>

/** An issuer's metadata couldn't be read. The message is for the operator. */
export class DiscoveryError extends Error {
  override readonly name = 'DiscoveryError'
  /** Why, for logs and metrics. */
  readonly failure: FailureCause

  constructor(
    message: string,
    {
      failure = {},
      ...options
    }: ErrorOptions & { failure?: Partial<Pick<FailureCause, 'reason' | 'host' | 'httpStatus'>> } = {},
  ) {
    super(message, options)
    const { reason = 'UNREADABLE', host = null, httpStatus = null } = failure
    this.failure = { stage: 'DISCOVERY', reason, host, httpStatus, providerCode: null, providerDescription: null }
  }
}
