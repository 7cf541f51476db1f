import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { COUNTED, cases } from '../../support/counts.js'
import { configureEmulated, EMULATED, nameOf } from '../../support/emulated-providers.js'
import { type Emulators, startEmulators } from '../../support/emulators.js'
import { PATIENT } from '../../support/patience.js'
import { startWizardScene, type WizardScene } from './scene.js'

/** First the one that is disconnected in its own way, because it can't revoke access. */
const CLICKED = ['microsoft', 'google', 'github', 'slack'].flatMap((name) =>
  EMULATED.filter(({ provider }) => provider === name),
)

describe('emulated apps in Chromium', { ...PATIENT, tags: 'chromium' }, () => {
  let scene: WizardScene
  let emulators: Emulators
  beforeAll(async () => {
    scene = await startWizardScene()
    emulators = await startEmulators(scene.patchbay, ['google', 'github', 'slack', 'microsoft'])
  }, PATIENT.timeout)
  afterEach(() => {
    expect(scene.pageErrors).toEqual([])
  })
  afterAll(async () => {
    await emulators?.[Symbol.asyncDispose]()
    await scene?.[Symbol.asyncDispose]()
  })

  test.each(cases(CLICKED))(
    '$provider is connected, checked and disconnected by clicking',
    COUNTED,
    async (emulated) => {
      const { login, label } = emulated
      const app = nameOf(emulated.provider)
      await configureEmulated(scene.patchbay, emulators, emulated)
      await using device = await scene.device(scene.newcomer())
      const screen = await scene.open(device, '/connections')
      const { page: consent } = await screen.consentWindow(`Connect ${app}`)
      const closed = consent.waitForEvent('close')
      await consent.getByText(login, { exact: true }).first().click({ noWaitAfter: true })
      await closed // by itself
      await screen.reads(label)
      await screen.choose(app, 'Check now')
      await screen.reads(`${app} confirmed the connection.`)

      await screen.choose(app, 'Disconnect')
      const ends =
        emulated.provider === 'microsoft' ? 'This deletes what is stored here.' : `This revokes access at ${app}`
      await screen.reads(ends)
      await screen.page.getByRole('dialog').getByRole('button', { name: 'Disconnect', exact: true }).click()
      await screen.reads('No apps are connected')
    },
  )
})
