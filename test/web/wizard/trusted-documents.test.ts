import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PATIENT } from '../../support/patience.js'
import { startWizardScene, type WizardScene } from './scene.js'
import { MEETING_ASSISTANT } from './screen.js'

describe('where everyone may send only trusted documents', { ...PATIENT, tags: 'chromium' }, () => {
  let scene: WizardScene
  beforeAll(async () => {
    scene = await startWizardScene({ PATCHBAY_TRUSTED_DOCUMENTS_ONLY: 'everyone' })
  }, PATIENT.timeout)
  afterAll(() => scene?.[Symbol.asyncDispose]())

  test('the wizard works', async () => {
    const user = scene.newcomer()
    await using device = await scene.device(user)
    const answers: Promise<string>[] = []
    const screen = await scene.open(device, '/', async (page) => {
      page.on('response', (response) => {
        if (response.url().endsWith('/graphql')) answers.push(response.text().catch(() => ''))
      })
      page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => answers.push(Promise.resolve(String(payload)))),
      )
    })
    await screen.reads('Inbox Helper')
    await screen.page.goto(`${scene.patchbay.url}${MEETING_ASSISTANT}`)
    await screen.start()
    await screen.connect('Acme Mail')
    await screen.page.goto(`${scene.patchbay.url}/mine`)
    await screen.reads('Find a time')
    await screen.page.goto(`${scene.patchbay.url}/connections`)
    await screen.choose('Acme Mail', 'Check now')
    await screen.reads('Activity')
    await screen.page.goto(`${scene.patchbay.url}${MEETING_ASSISTANT}`)
    await screen.shows('Acme Mail', 'LIVE')

    const refused = { errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] }
    expect(await scene.execute(user, '{ viewer { name } }')).toMatchObject(refused)
    const received = await Promise.all(answers)
    expect(received.length).toBeGreaterThan(10)
    expect(received.filter((answer) => answer.includes('DOCUMENT_NOT_TRUSTED'))).toEqual([])
    expect(scene.pageErrors).toEqual([])
  })
})
