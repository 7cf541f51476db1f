import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A certificate that no one trusts, signed by itself, and its key, in PEM. Both are also files. */
export interface Certificate extends AsyncDisposable {
  key: string
  cert: string
  path: string
  keyPath: string
}

export async function createCertificate(
  name = 'localhost',
  alternatives = 'DNS:localhost,IP:127.0.0.1',
): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-tls-'))
  const [keyPath, path] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternatives}`]
  const made = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject, '-keyout', keyPath, '-out', path]
  await promisify(execFile)('openssl', ['req', ...made])
  return {
    key: await readFile(keyPath, 'utf8'),
    cert: await readFile(path, 'utf8'),
    path,
    keyPath,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}
