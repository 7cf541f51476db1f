import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PATIENT } from '../support/patience.js'
import { outcome, ownInstallation } from '../support/process.js'

let installation: Awaited<ReturnType<typeof ownInstallation>>
beforeAll(async () => {
  installation = await ownInstallation()
})
afterAll(() => installation.remove())

describe('the operator’s command line', PATIENT, () => {
  test('prints its usage, and refuses manifests that are not JSON or have faults', async () => {
    const { env } = installation
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
    const { code, stdout } = await outcome('src/operator', args, installation.env)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ name: 'host', key: expect.stringMatching(/^pbk_[a-z]{10}_\S{43}$/) })
  })
})
