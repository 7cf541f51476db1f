import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../support/free-port.js'
import { PATIENT } from '../support/patience.js'
import { outcome, ownInstallation } from '../support/process.js'

let installation: Awaited<ReturnType<typeof ownInstallation>>
beforeAll(async () => {
  installation = await ownInstallation()
})
afterAll(() => installation.remove())

describe('a server that cannot start', PATIENT, () => {
  const fails = async (env: Record<string, string>, expected: RegExp) => {
    const { code, stderr } = await outcome('src/main', [], { ...installation.env, ...env })
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
