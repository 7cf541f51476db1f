import type { z } from 'zod'
import type { ProviderSchema } from '../catalogue/provider.js'

/** Reads an issuer's metadata (OpenID Connect Discovery 1.0 §4). */
export type Discover = (issuer: string) => Promise<z.input<typeof ProviderSchema>>

/** An issuer's metadata couldn't be read. The message is for the operator. */
export class DiscoveryError extends Error {
  override readonly name = 'DiscoveryError'
}
