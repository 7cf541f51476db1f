import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configureConnector } from '../../support/connecting.js'
import { PATIENT } from '../../support/patience.js'
import { control } from '../../support/sandbox-client.js'
import { startWizardScene, type WizardScene } from './scene.js'

describe('an app with an address for each customer, in Chromium', { ...PATIENT, tags: 'chromium' }, () => {
  let scene: WizardScene
  beforeAll(async () => {
    scene = await startWizardScene()
  }, PATIENT.timeout)
  beforeEach(async () => {
    await control(scene.patchbay.sandbox, 'POST', '/reset')
  })
  afterEach(() => {
    expect(scene.pageErrors).toEqual([])
  })
  afterAll(() => scene?.[Symbol.asyncDispose]())

  async function connectionsPage() {
    const device = await scene.device(scene.newcomer())
    const screen = await scene.open(device, '/connections')
    const field = screen.page.getByLabel('workspace')
    return { device, screen, field, [Symbol.asyncDispose]: () => device.close() }
  }

  test('is asked for before the consent screen, not again to repair a connection, and again for another customer', async () => {
    await using person = await connectionsPage()
    const { screen, field } = person
    await screen.button('Connect Acme Desk').click()
    await screen.reads('Complete the address where you use Acme Desk.')
    await screen.reads('Any workspace works here.')
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(await field.getAttribute('placeholder')).toBe('northwind')
    await field.fill(`${await screen.page.locator('.affixed__part').first().textContent()}NorthWind/tickets`)
    const first = await screen.consentWindow('Continue')
    expect(new URL(first.page.url()).pathname).toBeDefined()
    await first.allow()
    await screen.reads('ada@northwind.example · Customer support · northwind')
    await control(scene.patchbay.sandbox, 'POST', '/acme-desk/revoke', {})
    await screen.choose('Acme Desk', 'Check now')
    await (await screen.consentWindow('Reconnect Acme Desk')).allow()
    await screen.page.locator('li[data-status="LIVE"]').filter({ hasText: 'northwind' }).waitFor()
    await screen.choose('Acme Desk', 'Connect another account')
    await field.fill('contoso')
    await (await screen.consentWindow('Continue')).allow()
    await screen.reads('ada@northwind.example · Customer support · contoso')
    await screen.reads('ada@northwind.example · Customer support · northwind')
  })

  test('is asked for in the setup of a plugin that comes with Patchbay', async () => {
    const person = scene.newcomer()
    const elsewhere = await scene.elsewhere(person)
    await elsewhere.start('support-helper')
    const device = await scene.device(person)
    const screen = await scene.open(device, '/plugins/support-helper')
    await screen.button('Connect Acme Desk').click()
    await screen.page.getByLabel('workspace').fill('northwind')
    await (await screen.consentWindow('Continue')).allow()
    await screen.reads('Support Helper is ready')
    await screen.reads('ada@northwind.example · Customer support · northwind')
    await device.close()
  })

  test('says what is wrong when the person leaves the field, and opens nothing until it is right', async () => {
    await using person = await connectionsPage()
    const { screen, field } = person
    await screen.button('Connect Acme Desk').click()
    await screen.button('Continue').click()
    await screen.reads('This part of the address is missing.')
    await field.fill('evil.example#')
    await field.blur()
    await screen.reads('Enter only the missing part, such as northwind.')
    await screen.button('Continue').click()
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(screen.page.context().pages()).toHaveLength(1)
    await field.fill('contoso')
    await screen.readsNot('Enter only the missing part, such as northwind.')
    await screen.button('Cancel').click()
    await field.waitFor({ state: 'detached' })
    await screen.button('Connect Acme Desk').click()
    expect(await field.inputValue()).toBe('')
  })

  test('is connected to the site that the person chooses in its window, even after closing it', async () => {
    await control(scene.patchbay.sandbox, 'PATCH', '/acme-desk', { sites: 2 })
    await using person = await connectionsPage()
    const { screen, field } = person
    await screen.button('Connect Acme Desk').click()
    await field.fill('northwind')
    const first = await screen.consentWindow('Continue')
    await first.allow()
    await first.page.getByText('What do you want to connect in Acme Desk?').waitFor()
    await screen.reads('Choose what to connect in the Acme Desk window')
    await first.page.close()
    const opened = screen.page.waitForEvent('popup')
    await screen.button('Reopen').click()
    const again = await opened
    const closed = again.waitForEvent('close')
    await again.getByRole('button', { name: 'Internal help' }).click()
    await screen.reads('ada@northwind.example · Internal help · northwind')
    await closed // by itself
  })

  test('offers the values to choose from, and says where to find the right one', async () => {
    const { db } = scene.patchbay.database
    const { providerSettings } = await db.connector.findUniqueOrThrow({ where: { slug: 'acme-desk' } })
    const asked = { name: 'workspace', label: 'workspace', placeholder: 'northwind' }
    const choices = ['contoso', 'northwind']
    const variables = [{ ...asked, choices, hint: 'Your administrator knows which.' }]
    const settings = { ...(providerSettings as object), variables }
    await configureConnector(scene.patchbay, 'acme-desk', settings, { name: 'Acme Desk', credentials: undefined })
    await using person = await connectionsPage()
    const { screen, field } = person
    await screen.button('Connect Acme Desk').click()
    await screen.reads('Your administrator knows which.')
    expect(await field.locator('option').allTextContents()).toEqual(['Choose one', ...choices])
    await screen.button('Continue').click()
    await screen.reads('This part of the address is missing.')
    await field.selectOption('contoso')
    await (await screen.consentWindow('Continue')).allow()
    await screen.reads('ada@northwind.example · Customer support · contoso')
  })
})
