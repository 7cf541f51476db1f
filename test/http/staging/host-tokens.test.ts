import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BuiltWizard, buildWizard } from '../../support/built-wizard.js'
import { type Chromium, openChromium } from '../../support/chromium.js'
import { HOST, hostToken } from '../../support/host-user.js'
import type { Patchbay } from '../../support/patchbay.js'
import { PATIENT } from '../../support/patience.js'
import { Person } from '../../support/person.js'
import { send } from '../../support/raw.js'
import { STAGING_PASSWORD, signedIn, startStaging } from '../../support/staging.js'

const HTML = { accept: 'text/html' }

let host: Server
let isSignedIn: boolean
let wizard: BuiltWizard
let patchbay: Patchbay & { sandboxUrl: string }
beforeAll(async () => {
  host = createServer(async (request, response) => {
    const { origin = '' } = request.headers
    const cors = { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }
    response.writeHead(isSignedIn ? 200 : 401, { ...cors, 'content-type': 'application/json' })
    response.end(JSON.stringify({ token: isSignedIn ? await hostToken({ lifetimeSeconds: 600 }) : null }))
  })
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
  const hostUrl = `http://localhost:${(host.address() as AddressInfo).port}`
  wizard = await buildWizard()
  const env = {
    ...HOST,
    PATCHBAY_STAGING_PASSWORD: undefined,
    PATCHBAY_WIZARD_TOKEN_URL: `${hostUrl}/token`,
    PATCHBAY_WIZARD_SIGN_IN_URL: `${hostUrl}/sign-in`,
  }
  patchbay = await startStaging(env, { wizardFolder: wizard.folder })
})
afterAll(async () => {
  await patchbay.close()
  host.closeAllConnections()
  host.close()
  await wizard[Symbol.asyncDispose]()
})

test('with the host’s tokens, there are no demo people and no GraphiQL', async () => {
  const page = await send(patchbay, '/', { headers: HTML })
  expect([page.status, page.text]).toEqual([200, expect.stringContaining('"people":null')])
  expect(page.text).toContain('"isStaging":true')
  expect((await send(patchbay, '/development/token?as=ben')).status).toBe(404)
  const explorer = await send(patchbay, '/graphql', { headers: HTML })
  expect(explorer.text).not.toMatch(/eyJ|GraphiQL/)
})

test('the sandbox is for the host’s signed-in users', async () => {
  const sandbox = { url: patchbay.sandboxUrl }
  expect((await send(sandbox, '/', { headers: HTML })).headers.location).toContain(
    `${patchbay.url}/staging/sign-in?to=`,
  )
  expect((await send(sandbox, '/control/api')).status).toBe(401)
  for (const wrong of ['x', STAGING_PASSWORD, 'pbk_lusab-babad_x', `${await hostToken()}x`]) {
    expect((await send(sandbox, '/control/api', { headers: { authorization: `Bearer ${wrong}` } })).status).toBe(401)
    await expect(signedIn(patchbay.url, wrong)).rejects.toThrow('signing in failed: 401')
  }
  const headers = { authorization: `Bearer ${await hostToken()}` }
  expect((await send(sandbox, '/control/api', { headers })).status).toBe(200)

  const person = await signedIn(patchbay.url, await hostToken({ lifetimeSeconds: 60 }))
  const to = `${patchbay.sandboxUrl}/control`
  const ticketed = await person.open(`${patchbay.url}/staging/sign-in?${new URLSearchParams({ to })}`)
  await person.open(ticketed.headers.get('location') ?? '')
  expect((await person.open(to, { headers: HTML })).status).toBe(200)
})

test('people stay signed in no longer than their token', async () => {
  const person = new Person()
  const secret = await hostToken({ lifetimeSeconds: 60 })
  const init = { method: 'POST', headers: { origin: patchbay.url }, body: new URLSearchParams({ secret }) }
  const [cookie = ''] = (await person.open(`${patchbay.url}/staging/sign-in`, init)).headers.getSetCookie()
  expect(Number(/Max-Age=(\d+)/.exec(cookie)?.[1])).toBeLessThanOrEqual(60)
})

test('in Chromium, the sign-in page asks the host who is signed in', { ...PATIENT, tags: 'chromium' }, async () => {
  await using chromium: Chromium = await openChromium()
  const page = await (await chromium.newContext()).newPage()
  const refused: string[] = []
  page.on('console', (message) => refused.push(message.text()))
  isSignedIn = false
  await page.goto(`${patchbay.sandboxUrl}/control`)
  await page.getByText('Sign in to your application first.').waitFor()
  expect(await page.getByRole('link', { name: 'Go to your application' }).getAttribute('href')).toMatch(/\/sign-in$/)
  isSignedIn = true
  await page.getByRole('link', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: 'Sandbox apps' }).waitFor()
  expect(refused.filter((text) => text.includes('Content Security Policy'))).toEqual([])
})
