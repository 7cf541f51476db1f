import { createCipheriv, randomBytes } from 'node:crypto'
import { settings } from './settings.js'

/** What goes through Redis to a person's subscribers, and from there to the client as it is. */
export interface Change {
  pluginId: number
  connection: { connectorId: number; status: string; grantedScopes: string[]; version: number }
  setup: { status: string; version: number; done: number; total: number }
}

export const channelOf = (userId: number): string => `setup:${userId}`

export interface Tokens {
  access_token: string
  scope: string
}

/** AES-256-GCM, bound to the connection, so that a copied record doesn't open elsewhere. */
export function seal(tokens: Tokens, owner: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', settings.encryptionKey, nonce)
  cipher.setAAD(Buffer.from(owner))
  const sealed = Buffer.concat([cipher.update(JSON.stringify(tokens), 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
}
