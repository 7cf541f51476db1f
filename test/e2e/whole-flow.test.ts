import { expect, test } from 'vitest'
import { Browser } from '../support/browser.js'
import { pluginId, startPatchbay } from '../support/patchbay.js'
import { subscribe } from '../support/subscriber.js'

const START = `mutation ($input: StartSetupInput!) {
  startSetup(input: $input) {
    __typename
    ... on PluginSetup { id status nextStep { connector { slug } } skills { name ready } }
    ... on Error { message }
  }
}`

const LIVE = `subscription ($id: ID!) {
  setupProgress(setupId: $id) {
    revision status
    progress { required done }
    steps { connector { slug } status authorization { status } connection { account { label } } }
    skills { name ready }
  }
}`

interface Live {
  setupProgress: {
    revision: number
    status: string
    progress: { required: number; done: number }
    steps: { connector: { slug: string }; status: string; authorization: { status: string } | null }[]
    skills: { name: string; ready: boolean }[]
  }
}

test('three apps are connected on real consent screens, and each turns live for every subscriber', async () => {
  await using patchbay = await startPatchbay()
  const browser = new Browser(patchbay, 'ada')
  const started = await browser.execute<{ startSetup: { id: string; status: string; skills: unknown[] } }>(START, {
    input: { pluginId: pluginId('meeting-assistant') },
  })
  expect(started.data.startSetup).toMatchObject({
    status: 'IN_PROGRESS',
    nextStep: { connector: { slug: 'acme-mail' } },
  })
  const { id } = started.data.startSetup

  await using desktop = await subscribe<Live>(patchbay, 'ada', LIVE, { id }, 'WebSocket')
  await using phone = await subscribe<Live>(patchbay, 'ada', LIVE, { id }, 'SSE')
  const apps = ['acme-mail', 'acme-calendar', 'acme-chat']
  for (const [index, connector] of apps.entries()) {
    await browser.connect({ connector, setupId: id })
    for (const screen of [desktop, phone]) {
      const seen: string[] = []
      const state = await screen.until(({ setupProgress }) => {
        const step = setupProgress.steps[index]
        if (step?.authorization) seen.push(step.authorization.status)
        return step?.status === 'LIVE'
      })
      expect(state.setupProgress.progress).toEqual({ required: 3, done: index + 1 })
      expect(seen.at(-1)).toBe('SUCCEEDED')
    }
  }
  const answer = await browser.execute<{ viewer: { setups: unknown[] } }>(
    '{ viewer { setups { status readyAt nextStep { id } skills { ready waitingFor { name } } } connections { account { label } } } }',
  )
  expect(answer.data.viewer.setups).toEqual([
    {
      status: 'READY',
      readyAt: expect.any(String),
      nextStep: null,
      skills: [1, 2, 3].map(() => ({ ready: true, waitingFor: [] })),
    },
  ])
})
