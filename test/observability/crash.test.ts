import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { embeddedFolder } from '../../src/database/embedded-folder.js'
import { browserWith, mutateAs, sessionFor } from '../support/callers.js'
import { PATIENT } from '../support/patience.js'
import { ownInstallation, startProcess } from '../support/process.js'

const CRASH = `data:text/javascript,process.on('SIGUSR2', () => { throw new Error('the test asked for it') })`
const USER = { subject: 'ada', organization: 'northwind' }

/** Everything in the installation's database, as text. The sandbox's own file is what the apps know. */
async function stored({ PATCHBAY_DATA = '', DATABASE_URL }: Record<string, string>): Promise<string> {
  if (DATABASE_URL === undefined) {
    const entries = await readdir(embeddedFolder(PATCHBAY_DATA), { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n')
  }
  const client = new pg.Client({ connectionString: DATABASE_URL })
  await client.connect()
  const { rows } = await client.query<{ xml: string }>(`SELECT schema_to_xml('public', true, false, '')::text AS xml`)
  await client.end()
  return rows[0]?.xml ?? ''
}

test('O26: a process that crashes leaves no secret in its output or its database', PATIENT, async () => {
  const { env, remove } = await ownInstallation()
  const server = await startProcess({ ...env, PATCHBAY_LOG_LEVEL: 'trace' }, { flags: ['--import', CRASH] })
  const key = /pbk_development_\S+/.exec(server.log.join('\n'))?.[0] ?? ''
  server.log.length = 0 // the greeting shows the development key on purpose
  const session = await sessionFor(server, key, USER)
  const browser = browserWith(server, session.token)
  const { url } = await browser.authorize({ connector: 'acme-mail', setupId: session.setup.id })
  const callback = await browser.consent(url, { account: 'ada-work', allow: true })
  await browser.deliver(callback)
  const { accessToken } = await mutateAs<{ accessToken: string }>(
    server,
    key,
    'issueAccessToken',
    { user: USER, connector: 'acme-mail' },
    '... on IssuedAccessToken { accessToken }',
  )
  // Another one is under way.
  const open = await browser.authorize({ connector: 'acme-calendar', setupId: session.setup.id })
  const pending = await browser.consent(open.url, { account: 'ada-work', allow: true })
  server.process.kill('SIGUSR2')
  expect(await server.ended).not.toBe(0)

  // The issuer (RFC 9207) is no secret.
  const sentBy = ({ callbackUrl, form }: typeof callback) =>
    [...new URL(callbackUrl).searchParams, ...(form ?? [])].filter(([name]) => name !== 'iss')
  const secrets = new Map([
    ['API key', key],
    ['session', session.token],
    ['access token', accessToken],
    ...sentBy(callback).map(([name, value]) => [`redeemed ${name}`, value] as const),
    ...sentBy(pending).map(([name, value]) => [`unused ${name}`, value] as const),
  ])
  expect(secrets.size).toBeGreaterThanOrEqual(7)
  const found = (text: string) => [...secrets].flatMap(([name, secret]) => (text.includes(secret) ? name : []))
  const output = server.log.join('\n')
  expect(output).toContain('the test asked for it')
  expect(found(output)).toEqual([])
  const data = await stored(env)
  expect(data).toContain('acme-mail')
  expect(found(data)).toEqual([])
  await remove()
})
