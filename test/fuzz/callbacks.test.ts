import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from '../support/browser.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { send } from '../support/raw.js'
import { FUZZING, fuzz } from './fuzz.js'
import { text, wellFormed } from './values.js'

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay()
})
afterAll(() => patchbay.close())

const name = fc.oneof(
  fc.constantFrom('state', 'code', 'error', 'error_description', 'error_uri', 'iss', 'scope', 'setup_action', 'tenant'),
  text,
)
const sendable = (value: string) => value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?')

async function openState(): Promise<string> {
  const browser = new Browser(patchbay, 'ada')
  const { url } = await browser.authorize({ connector: 'acme-mail' })
  const { headers } = await browser.person.open(url)
  return new URL(headers.get('location') ?? '').searchParams.get('state') ?? ''
}

test('G23: no parameter, cookie or connector of a callback causes an internal error', FUZZING, async () => {
  const visits = fc.record({
    connector: fc.oneof(fc.constantFrom('acme-mail', 'acme-chat'), text),
    parameters: fc.array(fc.tuple(name, text), { maxLength: 6 }),
    hasState: fc.boolean(),
    cookie: fc.option(text, { nil: undefined }),
    method: fc.constantFrom('GET', 'POST'),
  })
  // Without the browser's cookie, it stays open.
  const state = await openState()
  await fuzz('callbacks', visits, async ({ connector, parameters, hasState, cookie, method }) => {
    const form = new URLSearchParams(parameters)
    if (hasState) form.set('state', state)
    const path = `/oauth/callback/${encodeURIComponent(wellFormed(connector))}`
    const headers = { ...(cookie !== undefined && { cookie: sendable(cookie) }) }
    const { status } =
      method === 'GET'
        ? await send(patchbay, `${path}?${form}`, { headers })
        : await send(patchbay, path, {
            headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
            body: String(form),
          })
    expect(status).toBeLessThan(500)
  })
})
