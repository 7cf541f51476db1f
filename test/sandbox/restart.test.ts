import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startSandbox } from '../../src/sandbox/sandbox.js'
import { Person } from '../support/person.js'
import { appOf, Client, control, redirectUri } from '../support/sandbox-client.js'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sandbox-'))
})
afterEach(() => rm(directory, { recursive: true }))

function start(port = 0, stateFile?: string) {
  const redirects = (app: string) => [redirectUri(app)]
  return startSandbox({ hostname: 'localhost', host: '127.0.0.1', port, redirectUri: redirects, stateFile })
}

test('grants, tokens, keys, sign-ins and behaviors survive a restart', async () => {
  const file = join(directory, 'deep', 'state.json')
  const first = await start(0, file)
  const client = new Client(appOf(first))
  const tokens = await client.connect()
  const person = new Person()
  await person.signIn(client.app.signInUrl, 'ada-private')
  const jwks = await (await fetch(`${client.app.issuer}/jwks`)).json()
  await control(first, 'PATCH', '/acme-mail', { deny: true })
  await first.close()
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readdir(join(directory, 'deep'))).toEqual(['state.json'])

  const second = await start(Number(new URL(first.url).port), file)
  expect(await (await fetch(`${client.app.issuer}/jwks`)).json()).toEqual(jwks)
  expect((await client.userinfo(tokens.access_token)).status).toBe(200)
  expect((await client.refresh(tokens.refresh_token)).status).toBe(200)
  expect(await person.visit(client.app.signInUrl)).toMatchObject({ name: 'signed-in', account: 'ada-private' })
  expect(await (await control(second, 'GET', '/acme-mail')).json()).toMatchObject({ behaviour: { deny: true } })
  await second.close()
})

test('without a state file, everything is gone after a restart', async () => {
  const first = await start()
  const client = new Client(appOf(first))
  const { access_token } = await client.connect()
  await first.close()
  await expect(fetch(first.url)).rejects.toThrow() // kept-alive connections have ended by now
  const second = await start(Number(new URL(first.url).port))
  expect((await client.userinfo(access_token)).status).toBe(401)
  await second.close()
})

test('a damaged state file is named in the error and not overwritten', async () => {
  const file = join(directory, 'state.json')
  await writeFile(file, '{"version":1,"apps":')
  await expect(start(0, file)).rejects.toThrow(file)
})

test('a port that is in use rejects with Node’s own error', async () => {
  const first = await start()
  await expect(start(Number(new URL(first.url).port))).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await first.close()
})
