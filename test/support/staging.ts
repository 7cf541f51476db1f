import { randomBytes } from 'node:crypto'
import type { Parts } from '../../src/app/app.js'
import { freePort } from './free-port.js'
import { type Patchbay, startPatchbay } from './patchbay.js'
import { Person } from './person.js'

export const STAGING_PASSWORD = 'correct horse battery staple'
export const STAGING_KEY = randomBytes(32).toString('base64')

/** A staging on this machine, with its sandbox. Undefined values leave variables out. */
export async function startStaging(
  env: Record<string, string | undefined> = {},
  parts: Parts = {},
): Promise<Patchbay & { sandboxUrl: string }> {
  const [port, sandboxPort] = await Promise.all([freePort(), freePort()])
  const sandboxUrl = `http://localhost:${sandboxPort}`
  const all = {
    PATCHBAY_ENV: 'staging',
    PATCHBAY_STAGING_PASSWORD: STAGING_PASSWORD,
    PATCHBAY_KEYS: STAGING_KEY,
    PATCHBAY_PORT: String(port),
    PATCHBAY_PUBLIC_URL: `http://localhost:${port}`,
    PATCHBAY_SANDBOX_PORT: String(sandboxPort),
    PATCHBAY_SANDBOX_URL: sandboxUrl,
    ...env,
  }
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...(await startPatchbay(Object.fromEntries(given), parts)), sandboxUrl }
}

/** A browser that has signed in, with its cookie. */
export async function signedIn(url: string, secret = STAGING_PASSWORD): Promise<Person> {
  const person = new Person()
  const response = await person.open(`${url}/staging/sign-in`, {
    method: 'POST',
    headers: { origin: url },
    body: new URLSearchParams({ secret, to: '/' }),
  })
  if (response.status !== 303) throw new Error(`signing in failed: ${response.status}`)
  return person
}
