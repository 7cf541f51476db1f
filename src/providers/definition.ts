import type { z } from 'zod'
import type { ProviderSchema } from '../domain/catalogue/provider.js'

/** One provider of the catalogue: its name, and what differs from the defaults. */
export type ProviderDefinition = z.input<typeof ProviderSchema> & { name: string }
