import { afterAll, beforeAll, expect, test } from 'vitest'
import { chooseAccount, confirmReturned, isOpen, readChoices, returned } from '../../../src/web/client/index.js'
import { answerWith, configureSites, consentToSites } from '../../support/choosing.js'
import { type HostileServer, startHostileServer } from '../../support/hostile-server.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { transportOf } from './connecting-person.js'

let patchbay: Patchbay
let app: HostileServer
beforeAll(async () => {
  patchbay = await startPatchbay({ PATCHBAY_RETURN_ORIGINS: 'https://app.example' })
  app = await startHostileServer()
  await configureSites(patchbay, app)
  answerWith(app)
})
afterAll(async () => {
  await patchbay.close()
  await app[Symbol.asyncDispose]()
})

test('a page of a host confirms, lists the choices, and connects the one that the person clicks', async () => {
  const { browser, response } = await consentToSites(patchbay, {
    binding: 'CONFIRM',
    returnTo: 'https://app.example/back',
  })
  const transport = transportOf(browser)
  const back = returned({ href: response.headers.get('location') ?? '' })
  if (!back) throw new Error('the browser did not come back')
  const { authorizationId } = back
  expect(await readChoices(transport, authorizationId)).toEqual([])

  const { authorization } = await confirmReturned(transport, back)
  expect(authorization?.status).toBe('AWAITING_CHOICE')
  expect(authorization && isOpen(authorization)).toBe(true)
  expect(await readChoices(transport, authorizationId)).toEqual([
    { choiceId: 'S1', label: 'Northwind' },
    { choiceId: 'S2', label: 'Contoso' },
  ])
  const unknown = await chooseAccount(transport, { authorizationId, choiceId: 'S9' })
  expect([unknown.error?.__typename, unknown.message]).toEqual([
    'UnknownChoiceError',
    'This can’t be chosen. Choose another one.',
  ])
  expect(await chooseAccount(transport, { authorizationId, choiceId: 'S2' })).toMatchObject({
    authorization: { status: 'SUCCEEDED', connection: { account: { id: 'S2/U1' } } },
  })
  expect(await readChoices(transport, authorizationId)).toEqual([])
  transport.dispose()
})
