import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser } from '../support/browser.js'
import { freePort } from '../support/free-port.js'
import { PATIENT } from '../support/patience.js'
import { outcome, prepareData, startProcess } from '../support/process.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchbay-start-'))
  // Only the running server creates its own database.
  await Promise.all(['failing', 'operator'].map((name) => prepareData(join(folder, name))))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a running server', PATIENT, () => {
  test('prints its addresses, locks its folder, and on SIGTERM drains and exits with 0', async () => {
    const data = join(folder, 'running')
    const server = await startProcess({ PATCHBAY_DATA: data })
    try {
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
      const operator = await outcome('src/operator', ['retire', 'plain-writer'], { PATCHBAY_DATA: data })
      expect(operator).toMatchObject({ code: 1, stderr: expect.stringContaining('Another process') })
    } finally {
      expect(await server.stop()).toBe(0)
    }

    const operator = await outcome('src/operator', ['retire', 'plain-writer'], { PATCHBAY_DATA: data })
    expect(operator).toMatchObject({ code: 0, stdout: 'Retired plain-writer.\n' })
  })
})

describe('a server that cannot start', PATIENT, () => {
  const fails = async (env: Record<string, string>, expected: RegExp) => {
    const { code, stderr } = await outcome('src/main', [], { PATCHBAY_DATA: join(folder, 'failing'), ...env })
    expect(code).toBe(1)
    expect(stderr).toMatch(expected)
    expect(stderr).not.toMatch(/\n\s+at /)
  }

  test('names every bad variable, without a stack', async () => {
    await fails(
      { PATCHBAY_PORT: 'abc', PATCHBAY_RETURN_ORIGINS: 'not an origin' },
      /PATCHBAY_PORT[\s\S]*PATCHBAY_RETURN_ORIGINS|PATCHBAY_RETURN_ORIGINS[\s\S]*PATCHBAY_PORT/,
    )
  })

  test('names the port that is in use, Patchbay’s own or the sandbox’s, without a stack', async () => {
    const taken = createServer()
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port))
    })
    try {
      await fails(
        { PATCHBAY_PORT: String(port) },
        new RegExp(`Port ${port} on 127.0.0.1 is already in use.*PATCHBAY_PORT`),
      )
      const free = String(await freePort())
      await fails(
        { PATCHBAY_PORT: free, PATCHBAY_SANDBOX_PORT: String(port) },
        new RegExp(`Port ${port} .*PATCHBAY_SANDBOX_PORT`),
      )
    } finally {
      taken.close()
    }
  })
})

describe('the operator’s command line', PATIENT, () => {
  test('prints its usage, and refuses manifests that are not JSON or have faults', async () => {
    const env = { PATCHBAY_DATA: join(folder, 'operator') }
    expect(await outcome('src/operator', [], env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('publish <manifest.json>'),
    })
    expect(await outcome('src/operator', ['rewrap', 'everything', '--force'], env)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/--force[\s\S]*npm run operator -- rewrap\n/),
    })
    expect(await outcome('src/operator', ['publish', import.meta.filename], env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('isn’t valid JSON'),
    })
    const manifest = new URL('../../prisma/seed/meeting-assistant.json', import.meta.url).pathname
    expect(await outcome('src/operator', ['publish', manifest], env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the connector acme-mail doesn’t exist'),
    })
    const plain = new URL('../../prisma/seed/plain-writer.json', import.meta.url).pathname
    expect(await outcome('src/operator', ['publish', plain], env)).toMatchObject({
      code: 0,
      stdout: 'Published plain-writer.\n',
    })
  })

  test('creates an API key', async () => {
    const args = ['create-key', 'host', '--scopes', 'users:delete', '--json']
    const { code, stdout } = await outcome('src/operator', args, { PATCHBAY_DATA: join(folder, 'operator') })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ name: 'host', key: expect.stringMatching(/^pbk_[a-z]{10}_\S{43}$/) })
  })
})
