import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser } from '../support/browser.js'
import { keyFor } from '../support/callers.js'
import { runExample } from '../support/examples.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { PATIENT } from '../support/patience.js'
import { control } from '../support/sandbox-client.js'
import { startSetup } from '../support/setups.js'

const MESSAGES = '2 messages:\n- Notes from Monday\n- Your flight to Lagos\n'

describe('the skill runtime in Node', PATIENT, () => {
  holdsItsPromises('examples/skill-runtime/node/run-skill.ts')
})

describe('the skill runtime in Python', { ...PATIENT, tags: 'python' }, () => {
  holdsItsPromises('examples/skill-runtime/python/run_skill.py')
})

/** @param entry what the README's command runs */
function holdsItsPromises(entry: string): void {
  let patchbay: Patchbay
  let key: string
  let browser: Browser
  beforeAll(async () => {
    patchbay = await startPatchbay()
    key = (await keyFor(patchbay, 'tokens:issue')).key
    browser = new Browser(patchbay, 'ada')
  })
  afterAll(() => patchbay.close())

  const run = (env: Record<string, string> = {}) =>
    runExample('skill-runtime', entry, {
      API_URL: patchbay.url,
      API_KEY: key,
      MAIL_API: `${patchbay.sandbox.url}/acme-mail/api/messages`,
      ...env,
    })
  const requests = async () => {
    const response = await control(patchbay.sandbox, 'GET', '/acme-mail/counters')
    return ((await response.json()) as { resourceRequests: number }).resourceRequests
  }

  test('sends the user to the setup until the app is connected', async () => {
    expect(await run()).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`Connect the app: ${patchbay.url}/plugins/meeting-assistant\n`),
    })
  })

  test('calls the app with the account that the setup uses', async () => {
    const setup = await startSetup(patchbay, 'ada', 'meeting-assistant')
    await browser.connect({ connector: 'acme-mail', setupId: setup.id })
    expect(await run()).toEqual({ code: 0, stdout: MESSAGES, stderr: '' })
  })

  test('has a token replaced that the app no longer accepts, and calls the app once more', async () => {
    const before = await requests()
    await control(patchbay.sandbox, 'POST', '/acme-mail/expire', {})
    expect(await run()).toEqual({ code: 0, stdout: MESSAGES, stderr: '' })
    expect((await requests()) - before).toBe(2)
  })

  test('waits while Patchbay says that a retry may help', async () => {
    await control(patchbay.sandbox, 'POST', '/acme-mail/expire', {})
    await control(patchbay.sandbox, 'PATCH', '/acme-mail', { tokenStatus: 503, tokenTimes: 1, retryAfterSeconds: 1 })
    expect(await run()).toEqual({ code: 0, stdout: MESSAGES, stderr: '' })
  })

  test('says what to do when the user revoked access at the app', async () => {
    await control(patchbay.sandbox, 'POST', '/acme-mail/revoke', {})
    const { code, stderr } = await run()
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Reconnect the app: ') })
  })

  test('fails with the reason if its API key or the address of Patchbay is wrong', async () => {
    const cases: [Record<string, string>, RegExp][] = [
      [{ API_KEY: '' }, /^Set API_KEY/],
      [{ API_KEY: 'pbk_wrong' }, /^This API key isn’t valid/],
      [{ API_KEY: (await keyFor(patchbay, 'users:delete')).key }, /tokens:issue|scope/],
      [{ API_URL: 'http://127.0.0.1:1' }, /^Patchbay can't be reached at http:\/\/127\.0\.0\.1:1/],
    ]
    for (const [env, reason] of cases) {
      expect(await run(env)).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(reason) })
    }
  })
}
