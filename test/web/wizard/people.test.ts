import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Chromium, openChromium } from '../../support/chromium.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { PATIENT } from '../../support/patience.js'
import { Elsewhere } from './elsewhere.js'
import { MEETING_ASSISTANT, Screen } from './screen.js'
import { wizardBuild } from './wizard-build.js'

describe('the wizard in development', { ...PATIENT, tags: 'chromium' }, () => {
  let patchbay: Patchbay
  let chromium: Chromium
  beforeAll(async () => {
    patchbay = await startPatchbay({}, { wizardFolder: await wizardBuild() })
    chromium = await openChromium()
  }, PATIENT.timeout)
  afterAll(async () => {
    await chromium?.close()
    await patchbay?.close()
  })

  test('each tab can act as a different user, and no user sees what belongs to another', async () => {
    const elsewhere = new Elsewhere(patchbay, 'ada')
    await elsewhere.start('meeting-assistant')
    await elsewhere.connect('acme-mail')
    await using device = await chromium.newContext()
    const ada = new Screen(await device.newPage())
    await ada.page.goto(`${patchbay.url}${MEETING_ASSISTANT}`)
    await ada.shows('Acme Mail', 'LIVE')

    const other = new Screen(await device.newPage())
    await other.page.goto(`${patchbay.url}/connections?as=cleo`)
    await other.reads('No apps are connected')
    expect(new URL(other.page.url()).search).toBe('')
    await other.page.locator('.person > summary').click()
    await other.reads('Southwind')
    await other.page.getByLabel('Ben, Northwind').check()
    await other.page.getByRole('link', { name: 'Meeting Assistant', exact: true }).waitFor()
    await other.page.getByRole('link', { name: 'Connections', exact: true }).click()
    await other.reads('No apps are connected')

    await ada.page.reload()
    await ada.shows('Acme Mail', 'LIVE')
  })

  test('the sandbox is one click away, and access that is revoked there breaks the step on the open page', async () => {
    const elsewhere = new Elsewhere(patchbay, 'ben')
    await elsewhere.start('inbox-helper')
    await elsewhere.connect('acme-mail')
    await using device = await chromium.newContext()
    const screen = new Screen(await device.newPage())
    await screen.page.goto(`${patchbay.url}/plugins/inbox-helper?as=ben`)
    await screen.shows('Acme Mail', 'LIVE')
    await screen.page.locator('.person > summary').click()
    const [sandbox] = await Promise.all([
      screen.page.waitForEvent('popup'),
      screen.page.getByRole('link', { name: 'Sandbox: make apps fail' }).click(),
    ])
    const app = sandbox.locator('#acme-mail')
    await app.getByRole('button', { name: 'Revoke access' }).first().click()
    await sandbox.locator('#acme-mail [data-slot=outcome]').getByText(/./).waitFor()
    await elsewhere.check('acme-mail')
    await screen.shows('Acme Mail', 'BROKEN')
    await screen.button('Reconnect Acme Mail').waitFor()
  })
})
