import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startInstance } from '../../src/app/app.js'
import { readConfig } from '../../src/config/environment.js'
import { createLogger } from '../../src/observability/logger.js'
import { answers, type HostileServer, startHostileServer } from '../support/hostile-server.js'
import { PATIENT } from '../support/patience.js'
import { outcome, ownInstallation } from '../support/process.js'

let folder: string
let server: HostileServer
let started: Record<string, string>
let installation: Awaited<ReturnType<typeof ownInstallation>>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchbay-commands-'))
  server = await startHostileServer()
  installation = await ownInstallation()
  const file = join(folder, 'connectors.yaml')
  const endpoints = `authorizationUrl: "${server.url}/authorize", tokenUrl: "${server.url}/token"`
  const connector = `
connectors:
  - slug: acme-mail
    name: Our own mail
    oauth2: { ${endpoints} }
    credentials: { clientId: mail, clientSecret: "\${MAIL_SECRET}" }
`
  await writeFile(file, connector)
  started = {
    ...installation.env,
    PATCHBAY_CONNECTORS: file,
    PATCHBAY_PORT: '0',
    PATCHBAY_SANDBOX_PORT: '0',
  }
  const config = readConfig({ ...started, MAIL_SECRET: 'canary-secret' })
  // Twice, because the second start finds the sandbox's connectors and plugins as well as the file's.
  for (const _start of [1, 2]) await (await startInstance(config, createLogger('silent'))).close()
}, PATIENT.timeout)
afterAll(async () => {
  await installation.remove()
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const operator = (args: string[], env: Record<string, string> = {}, input = '') =>
  outcome('src/operator', args, { ...installation.env, ...env }, input)

describe('an operator with a file and the commands', PATIENT, () => {
  test('starts only if every variable of the file is set, and then tests, shows and exports its connectors', async () => {
    const refused = await outcome('src/main', [], started)
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /line 6: connectors\[0\]\.credentials\.clientSecret: .*MAIL_SECRET, which isn’t set\n$/,
      ),
    })
    const shown = await operator(['show-connector', 'acme-mail'], { PATCHBAY_PORT: '4321' })
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/name +Our own mail\n/) })
    expect(shown.stdout).toMatch(/redirect URI +http:\/\/localhost:4321\/oauth\/callback\/acme-mail\n/)
    expect(shown.stdout).toMatch(/managed by +the file/)
    const exported = await operator(['export-connectors'])
    expect(exported.stdout).toMatch(/slug: acme-mail[\s\S]*clientSecret: \$\{CLIENT_SECRET_ACME_MAIL\}/)

    server.on('/authorize', answers('Sign in', { type: 'text/html' }))
    server.on('/token', answers({ error: 'invalid_grant' }, { status: 400 }))
    const good = await operator(['test-connector', 'acme-mail'])
    expect(good).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Database: .*\n$/),
      stdout: expect.stringContaining('No check of acme-mail failed.'),
    })
    server.on('/token', answers({ error: 'invalid_client' }, { status: 401 }))
    const bad = await operator(['test-connector', 'acme-mail'])
    expect(bad).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Database: .*\n1 check of acme-mail failed\.\n$/),
    })
    expect(bad.stdout).toMatch(/failed +token endpoint +refuses the client/)
    const asJson = await operator(['test-connector', 'acme-mail', '--json'])
    expect(asJson).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Database: .*\n$/) })
    expect(JSON.parse(asJson.stdout)).toMatchObject({ connector: 'acme-mail', ok: false })
    for (const { stdout } of [shown, exported, good, bad, asJson]) expect(stdout).not.toContain('canary')
  })

  test('sets a secret from standard input or a variable, and never from an argument', async () => {
    expect(await operator(['set-credentials', 'github', '--client-id', 'id'], {}, 'canary-one\n')).toEqual({
      code: 0,
      stdout: 'Set the credentials of github: client id id, and a new secret.\n',
      stderr: expect.stringMatching(/^Database: .*\n$/),
    })
    const fromVariable = ['set-credentials', 'github', '--secret-env', 'GITHUB_SECRET']
    expect(await operator(fromVariable, { GITHUB_SECRET: 'canary-two' })).toMatchObject({ code: 0 })
    expect(await operator(fromVariable)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('\nThe variable GITHUB_SECRET isn’t set'),
    })
    expect(await operator(['set-credentials', 'github', 'canary-three'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('takes only <connector>'),
    })
    expect(await operator(['set-credentials', 'acme-mail'], {}, 'canary-four')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The file in PATCHBAY_CONNECTORS describes acme-mail/m),
    })
  })
})
