import { randomBytes } from 'node:crypto'
import { Webhook as Signer } from 'standardwebhooks'
import { DAY_MS, later } from '../formats.js'
import type { SealBinding, Vault } from '../ports/vault.js'

const SECRET_BYTES = 32
/** How long a secret still signs after it was replaced. */
export const FORMER_SECRET_MS = DAY_MS
/** Each one adds a signature to the header of every delivery. */
const MAX_SECRETS = 4

/** A secret that signs: permanently, or for a while along with the one that replaced it. */
export interface SigningSecret {
  secret: string
  /** ISO 8601. Null for the current secret. */
  until: string | null
}

export function newSecret(): SigningSecret {
  return { secret: `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`, until: null }
}

/**
 * Puts a new secret first. The previous one keeps signing for `FORMER_SECRET_MS`, so that receivers have time to change
 * theirs. Of those replaced within this time, the newest three keep signing.
 */
export function rotated(secrets: readonly SigningSecret[], now: Date): [SigningSecret, ...SigningSecret[]] {
  const end = later(now, FORMER_SECRET_MS).toISOString()
  const former = validAt(secrets, now).map(({ secret, until }) => ({ secret, until: until ?? end }))
  return [newSecret(), ...former.slice(0, MAX_SECRETS - 1)]
}

function validAt(secrets: readonly SigningSecret[], now: Date): readonly SigningSecret[] {
  return secrets.filter(({ until }) => until === null || new Date(until) > now)
}

/**
 * Returns the headers of one try (Standard Webhooks, "Webhook Headers"), with a signature by each secret that is valid
 * now.
 * @param now by the database's clock
 */
export function signedHeaders(
  { eventId, body }: { eventId: string; body: string },
  secrets: readonly SigningSecret[],
  now: Date,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Patchbay',
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': validAt(secrets, now)
      .map(({ secret }) => new Signer(secret).sign(eventId, now, body))
      .join(' '),
  }
}

export function secretsBinding(endpointId: string): SealBinding {
  return { organization: '', userId: '', recordId: endpointId, field: 'webhook.secret' }
}

export function sealSecrets(
  vault: Vault,
  endpointId: string,
  secrets: readonly SigningSecret[],
): Promise<Uint8Array<ArrayBuffer>> {
  return vault.seal(JSON.stringify(secrets), secretsBinding(endpointId))
}

/** @throws VaultError */
export async function openSecrets(vault: Vault, endpointId: string, sealed: Uint8Array): Promise<SigningSecret[]> {
  return JSON.parse(await vault.open(sealed, secretsBinding(endpointId)))
}
