import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { VERSION } from '../../src/app/version.js'
import { Browser } from '../support/browser.js'
import { PATIENT } from '../support/patience.js'
import { outcome, prepareData, type Running, startProcess } from '../support/process.js'

let data: string
let server: Running
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'patchbay-start-'))
  // To create a database takes seconds. `npm run image` starts a server that does.
  await prepareData(data)
  server = await startProcess({ PATCHBAY_DATA: data })
}, PATIENT.timeout)
afterAll(async () => {
  await server.stop()
  await rm(data, { recursive: true, force: true })
})

test(
  'a running server says its version in the greeting, with the database above four addresses, in /readyz and in a metric with the version of Node',
  PATIENT,
  async () => {
    expect(server.log).toContain(`  Patchbay ${VERSION} is ready. The database is the embedded one in ${data}.`)
    const subjects = server.log.flatMap((line) => /^ {2}(\w[\w ]*?) {2,}/.exec(line)?.[1] ?? [])
    expect(subjects).toEqual(['Wizard', 'GraphiQL', 'Sandbox', 'API key'])
    expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({ status: 'ready', version: VERSION })
    expect((await (await fetch(`${server.url}/metrics`)).text()).split('\n')).toContain(
      `patchbay_build_info{version="${VERSION}",node_version="${process.version}"} 1`,
    )
  },
)

test(
  'a running server prints its addresses, locks its folder, and on SIGTERM drains and exits with 0',
  PATIENT,
  async () => {
    expect(server.log.join('\n')).toMatch(/\?as=ben/)
    const key = /pbk_development_\S+/.exec(server.log.join('\n'))?.[0]
    const asKey = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: '{"query":"{ plugins(first: 1) { edges { node { slug } } } }"}',
    })
    expect(await asKey.json()).toMatchObject({ data: { plugins: { edges: [{}] } } })
    const tokenFor = async (person: string) => {
      const response = await fetch(`${server.url}/development/token?as=${person}`)
      const { token } = (await response.json()) as { token: string }
      return token
    }
    // The bundle of the sandbox's provider must work, too.
    const browser = new Browser({ url: server.url, tokenFor }, 'ada')
    await browser.connect({ connector: 'acme-mail' })
    expect(await browser.execute('{ viewer { connections { status } } }')).toEqual({
      data: { viewer: { connections: [{ status: 'LIVE' }] } },
    })

    const second = await outcome('src/main', [], {
      PATCHBAY_PORT: '0',
      PATCHBAY_SANDBOX_PORT: '0',
      PATCHBAY_DATA: data,
    })
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Another process is using the database folder'),
    })
    const refused = await outcome('src/operator', ['retire', 'plain-writer'], { PATCHBAY_DATA: data })
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('Another process') })

    expect(await server.stop()).toBe(0)
    const operator = await outcome('src/operator', ['retire', 'plain-writer'], { PATCHBAY_DATA: data })
    expect(operator).toMatchObject({ code: 0, stdout: 'Retired plain-writer.\n' })
  },
)
