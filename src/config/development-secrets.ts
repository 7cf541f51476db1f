import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigurationError } from './environment.js'

const Secrets = z.strictObject({ vaultKey: z.string(), tokenSecret: z.string() })

export type DevelopmentSecrets = z.infer<typeof Secrets>

/** The key and the token secret of a development data folder: made at the first start, kept beside the data. */
export async function developmentSecrets(folder: string): Promise<DevelopmentSecrets> {
  const path = join(folder, 'development-secrets.json')
  try {
    return Secrets.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new ConfigurationError(
        `${path} is damaged. Restore it, or delete the whole folder ${folder} to start anew.`,
      )
    }
  }
  const secrets = { vaultKey: randomBytes(32).toString('base64'), tokenSecret: randomBytes(32).toString('base64') }
  await mkdir(folder, { recursive: true })
  await writeFile(path, JSON.stringify(secrets), { mode: 0o600, flag: 'wx' })
  return secrets
}
