import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Chromium, openChromium } from '../../support/chromium.js'
import { PATIENT } from '../../support/patience.js'
import { STAGING_PASSWORD, startStaging } from '../../support/staging.js'
import { Screen } from './screen.js'
import { wizardBuild } from './wizard-build.js'

describe('the wizard in staging', { ...PATIENT, tags: 'chromium' }, () => {
  let staging: Awaited<ReturnType<typeof startStaging>>
  let chromium: Chromium
  beforeAll(async () => {
    staging = await startStaging({}, { wizardFolder: await wizardBuild() })
    chromium = await openChromium()
  }, PATIENT.timeout)
  afterAll(async () => {
    await chromium?.close()
    await staging?.close()
  })

  test('a person signs in once, sees that it’s a staging, connects an app, and signs out', async () => {
    await using device = await chromium.newContext()
    const screen = new Screen(await device.newPage())
    const { page } = screen
    await page.goto(`${staging.url}/plugins/meeting-assistant`)
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('That password is wrong. Try again.').waitFor()
    await page.getByLabel('Password').fill(STAGING_PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.locator('.person > summary .badge', { hasText: 'Staging' }).waitFor()
    await screen.start()
    await screen.connect('Acme Mail')

    await page.locator('.person > summary').click()
    await page.getByRole('button', { name: 'Sign out of staging' }).click()
    await page.getByLabel('Password').waitFor()
    await page.goto(staging.url)
    await page.getByLabel('Password').waitFor()
  })
})
