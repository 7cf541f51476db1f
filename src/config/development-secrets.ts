import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { ConfigurationError } from './configuration-error.js'
import { vaultKeyFaults } from './vault-keys.js'

const Secrets = z.strictObject({
  vaultKey: z.string().refine((key) => vaultKeyFaults([key]).length === 0),
  tokenSecret: z.string(),
})

export type DevelopmentSecrets = z.infer<typeof Secrets>

/**
 * Returns the key and the token secret of a development data folder. They are created at the first start and stored
 * with the data. Instances that start on the same folder at the same time get the same secrets.
 */
export async function developmentSecrets(folder: string): Promise<DevelopmentSecrets> {
  const path = join(folder, 'development-secrets.json')
  const kept = await keptSecrets(path)
  if (kept) return kept
  await mkdir(folder, { recursive: true })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const secrets = { vaultKey: randomBytes(32).toString('base64'), tokenSecret: randomBytes(32).toString('base64') }
  await writeFile(draft, JSON.stringify(secrets), { mode: 0o600 })
  try {
    await link(draft, path) // creates the whole file or fails, so the first writer wins
    return secrets
  } catch (error) {
    const others = await keptSecrets(path)
    if (!others) throw error
    return others
  } finally {
    await rm(draft, { force: true })
  }
}

async function keptSecrets(path: string): Promise<DevelopmentSecrets | undefined> {
  try {
    return Secrets.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ConfigurationError(`${path} is damaged. Restore it, or delete its folder to start over.`)
  }
}
