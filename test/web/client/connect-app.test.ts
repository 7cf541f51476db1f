import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { parseGlobalId } from '../../../src/domain/global-id.js'
import { confirmReturned, returned, watchAuthorization } from '../../../src/web/client/index.js'
import { Browser } from '../../support/browser.js'
import { HOST, hostToken, newUser, startSetup } from '../../support/host-user.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { startTcpProxy } from '../../support/tcp-proxy.js'
import { ConnectingPerson, transportOf } from './connecting-person.js'
import { FakeWindow } from './fake-window.js'

const PATIENCE = { timeout: 45_000 }
const ELSEWHERE = 'https://app.example'

let patchbay: Patchbay
const open: ConnectingPerson[] = []

beforeAll(async () => {
  patchbay = await startPatchbay({ ...HOST, PATCHBAY_RETURN_ORIGINS: ELSEWHERE })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  for (const person of open.splice(0)) person.connecting.stop()
})
afterAll(() => patchbay.close())

/** A new user clicks Connect. */
async function click(options: ConstructorParameters<typeof ConnectingPerson>[1] = {}, browser?: Browser) {
  const person = new ConnectingPerson(browser ?? (await newUser(patchbay)), options)
  open.push(person)
  return person
}

const closedWindow = (state: { phase: string; popup?: string }) => state.phase === 'waiting' && state.popup === 'closed'

test('connecting opens a centered popup within the click and sends it to the consent screen', async () => {
  const person = await click()
  const { window, connecting } = person
  expect(window.popups).toHaveLength(1)
  expect(window.features).toEqual(['popup,width=520,height=720,left=440,top=140'])
  expect(window.popup).toMatchObject({ document: { body: { textContent: 'Opening…' } }, visited: [] })
  expect(person.state).toEqual({ phase: 'starting' })

  const url = await person.url()
  expect(window.popup.visited).toEqual([url])
  expect(person.state).toMatchObject({ phase: 'waiting', popup: 'open', authorization: { status: 'PENDING' } })
  await person.decide(true)
  expect(await connecting.done).toMatchObject({
    phase: 'connected',
    authorization: { status: 'SUCCEEDED', connection: { status: 'LIVE', account: { label: 'ada@northwind.example' } } },
  })
  expect(connecting.state).toBe(await connecting.done)
  // Its last page shows the result and closes itself.
  expect(window.popup.closed).toBe(false)
  expect(window.left).toEqual([])
})

test('a popup that is closed by hand is only a hint, and consent elsewhere still connects', async () => {
  const person = await click()
  await person.url()
  person.window.popup.close()
  await person.until(closedWindow)
  await person.decide(true)
  expect(await person.connecting.done).toMatchObject({ phase: 'connected' })
})

test('a popup that reads as closed from the start, because of a page’s policy, causes no failure', async () => {
  const window = new FakeWindow(patchbay.url)
  const person = await click({ window })
  window.popup.location.replace = (url) => {
    window.popup.visited.push(url)
    window.popup.closed = true
  }
  expect(await person.until(({ phase }) => phase !== 'starting')).toMatchObject({ phase: 'waiting', popup: 'closed' })
  await person.decide(true)
  expect(await person.connecting.done).toMatchObject({ phase: 'connected' })
})

test('reopen brings the window to the front, or shows the same authorization in a new one', async () => {
  const person = await click()
  const url = await person.url()
  person.connecting.reopen()
  expect(person.window.popups).toHaveLength(1)
  expect(person.window.popup.focused).toBe(1)

  person.window.popup.close()
  await person.until(closedWindow)
  person.connecting.reopen()
  expect(person.window.popups).toHaveLength(2)
  expect(person.window.popup).toMatchObject({ visited: [url] })
  expect(person.state).toMatchObject({ phase: 'waiting', popup: 'open' })
  await person.decide(true)
  expect(await person.connecting.done).toMatchObject({ phase: 'connected' })
})

test('a blocked popup becomes a redirect, and the page that is loaded afterward learns the result', async () => {
  const here = `${patchbay.url}/setups/one?tab=apps#steps`
  const window = new FakeWindow(
    `${patchbay.url}/setups/one?tab=apps&patchbay_authorization=old&patchbay_status=denied&authorization=old&status=denied#steps`,
  )
  window.blocksPopups = true
  const person = await click({ window })
  const url = await person.url()
  expect(person.state).toMatchObject({ phase: 'redirecting' })
  expect(window.left).toEqual([url])

  const location = (await person.decide(true)).headers.get('location') ?? ''
  const back = returned({ href: location })
  expect(back).toEqual({ authorizationId: expect.any(String), status: 'succeeded', confirmation: null, url: here })
  expect(returned({ href: here })).toBeNull()
  const attempt = await new Promise((resolve) =>
    watchAuthorization(transportOf(person.browser), back?.authorizationId ?? '', { next: resolve }),
  )
  expect(attempt).toMatchObject({ status: 'SUCCEEDED' })
})

test('in a frame, the whole window is redirected, because consent screens can’t be framed', async () => {
  const window = new FakeWindow(`${patchbay.url}/setups/one`)
  window.blocksPopups = true
  const top = window.putIntoFrame()
  const person = await click({ window })
  const url = await person.url()
  expect(person.state).toMatchObject({ phase: 'redirecting' })
  expect([window.left, top]).toEqual([[], [url]])
})

test('in a frame that may not redirect the window, the person can try again', async () => {
  const window = new FakeWindow(`${patchbay.url}/setups/one`)
  window.blocksPopups = true
  const top = window.putIntoFrame({ isSandboxed: true })
  const person = await click({ window })
  await person.url()
  expect(person.state).toMatchObject({ phase: 'waiting', popup: 'closed' })
  person.connecting.reopen()
  expect(person.state).toMatchObject({ phase: 'waiting', popup: 'closed' })
  expect([window.left, top]).toEqual([[], []])
})

test('a page that is restored after a redirect waits, and can redirect again', async () => {
  const person = await click({ display: 'redirect' })
  const url = await person.url()
  expect(person.window.popups).toEqual([])
  person.window.showAgain()
  expect(person.state).toMatchObject({ phase: 'waiting', popup: 'closed' })
  person.connecting.reopen()
  expect(person.state).toMatchObject({ phase: 'redirecting' })
  expect(person.window.left).toEqual([url, url])
})

test('consent in the first of two popups connects both and closes the second', async () => {
  const first = await click()
  await first.url()
  const second = await click({}, first.browser)
  await second.url()
  await first.decide(true)
  expect(await first.connecting.done).toMatchObject({ phase: 'connected', authorization: { status: 'SUCCEEDED' } })
  expect(await second.connecting.done).toMatchObject({ phase: 'connected', authorization: { status: 'SUPERSEDED' } })
  expect(first.window.popup.closed).toBe(false)
  expect(second.window.popup.closed).toBe(true)
})

test('another device sees its own authorization connected by this one', async () => {
  const here = await click()
  const elsewhere = await click({}, new Browser(here.browser.patchbay, here.browser.user))
  await Promise.all([here.url(), elsewhere.url()])
  await here.decide(true)
  expect(await elsewhere.connecting.done).toMatchObject({ phase: 'connected' })
})

test('a denial ends in the phase not-connected, with the reason', async () => {
  const person = await click()
  await person.decide(false)
  expect(await person.connecting.done).toMatchObject({
    phase: 'not-connected',
    authorization: { status: 'DENIED', failure: { code: 'DENIED_BY_USER', retryable: true } },
  })
})

test('a refusal closes the popup and says why', async () => {
  const browser = await newUser(patchbay)
  const { id: setupId } = await startSetup(browser, 'inbox-helper')
  const person = await click({ setupId, connector: 'acme-chat' }, browser)
  expect(await person.connecting.done).toMatchObject({
    phase: 'refused',
    message: 'This setup no longer uses this app. Reload the page.',
    error: { __typename: 'ConnectorNotRequiredError', message: expect.stringContaining('Acme Chat') },
  })
  expect(person.window.popup).toMatchObject({ closed: true, visited: [] })
})

test('an API that is unreachable or rejects the token closes the popup', async () => {
  const lost = await click({}, new Browser({ url: 'http://127.0.0.1:1', tokenFor: async () => '' }, 'ada'))
  expect(await lost.connecting.done).toMatchObject({ phase: 'unreachable', error: expect.any(Error) })
  expect(lost.window.popup.closed).toBe(true)

  const stale = await click({}, await newUser(patchbay, await hostToken({ lifetimeSeconds: -60 })))
  expect(await stale.connecting.done).toMatchObject({ phase: 'unreachable', error: { code: 'UNAUTHENTICATED' } })
})

test('a person who starts too many authorizations is asked to wait', async () => {
  await using strict = await startPatchbay({ ...HOST, PATCHBAY_AUTHORIZATIONS_PER_MINUTE: '1' })
  const user = await newUser(strict)
  const first = await click({}, user)
  await first.until(({ phase }) => phase === 'waiting')
  first.connecting.stop()
  const second = await click({}, user)
  expect(await second.connecting.done).toEqual({
    phase: 'refused',
    message: 'You’ve tried this too often. Wait a minute, then try again.',
    error: { __typename: 'TOO_MANY_REQUESTS', message: expect.stringContaining('too many authorizations') },
  })
  expect(second.window.popup).toMatchObject({ closed: true, visited: [] })
})

test('a page that loses its network says so, and catches up afterward', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.02) // of the pauses between two tries
  await using proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(patchbay.url).port) })
  let port = proxy.port
  const browser = await newUser(patchbay)
  const person = await click({ transport: transportOf(browser, () => port) }, browser)
  await person.url()
  await expect.poll(() => proxy.open, PATIENCE).toBe(1)

  port = 1
  proxy.cut()
  expect(await person.until((state) => 'away' in state)).toMatchObject({ phase: 'waiting', away: expect.any(Error) })
  await person.decide(true)
  expect(person.state).toMatchObject({ phase: 'waiting' })
  port = proxy.port
  expect(await person.connecting.done).toMatchObject({ phase: 'connected' })
})

test('a token that expires while the page waits is replaced by another one', async () => {
  const subject = randomUUID()
  let tokens = 0
  const tokenFor = () => {
    tokens += 1
    return hostToken({ subject, lifetimeSeconds: 2 })
  }
  const person = await click({}, new Browser({ ...patchbay, tokenFor }, 'ben'))
  await person.url()
  await expect.poll(() => tokens, PATIENCE).toBeGreaterThan(2)
  await person.decide(true)
  expect(await person.connecting.done).toMatchObject({ phase: 'connected' })
})

test('nothing changes while a consent takes five minutes', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const person = await click()
  await person.url()
  vi.advanceTimersByTime(5 * 60_000)
  expect(person.states).toHaveLength(1)
  await person.decide(true)
  expect(await person.connecting.done).toMatchObject({ phase: 'connected' })
  const { looks } = person.window.popup
  expect(looks).toBeGreaterThan(5 * 60)
  vi.advanceTimersByTime(60_000)
  expect(person.window.popup.looks).toBe(looks)
})

test('cancel closes the popup and ends the authorization, even before it has started', async () => {
  const person = await click()
  await person.url()
  await person.connecting.cancel()
  expect(person.window.popup.closed).toBe(true)
  const canceled = { phase: 'not-connected', authorization: { status: 'CANCELED' } }
  expect(await person.connecting.done).toMatchObject(canceled)
  await person.connecting.cancel()

  const early = await click()
  await early.connecting.cancel()
  expect(early.window.popup).toMatchObject({ closed: true, visited: [] })
  expect(await early.connecting.done).toMatchObject(canceled)
})

test('cancel leaves an authorization that has already ended with its result', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.02)
  await using proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(patchbay.url).port) })
  const browser = await newUser(patchbay)
  const person = await click({ transport: transportOf(browser, () => proxy.port) }, browser)
  await person.url()
  await expect.poll(() => proxy.open, PATIENCE).toBe(1)
  proxy.blackHole()
  await person.decide(true)
  await person.connecting.cancel()
  expect(person.state).toMatchObject({ phase: 'waiting', popup: 'closed' })
  proxy.cut()
  expect(await person.connecting.done).toMatchObject({ phase: 'connected' })
})

test('cancel rejects if the API cannot be reached, and the authorization can be opened again', async () => {
  let isDown = false
  const browser = await newUser(patchbay)
  const transport = transportOf(browser)
  const { execute } = transport
  const failing: typeof execute = async (operation, variables) => {
    if (isDown) throw new TypeError('fetch failed')
    return execute(operation, variables)
  }
  const person = await click({ transport: { ...transport, execute: failing } }, browser)
  const url = await person.url()
  isDown = true
  await expect(person.connecting.cancel()).rejects.toThrow('fetch failed')
  expect(person.state).toMatchObject({ phase: 'waiting', popup: 'closed' })
  person.connecting.reopen()
  expect(person.window.popup).toMatchObject({ visited: [url], closed: false })
  await person.decide(true)
  expect(await person.connecting.done).toMatchObject({ phase: 'connected' })
})

test('stop leaves the authorization and its window as they are', async () => {
  const person = await click()
  const url = await person.url()
  person.connecting.stop()
  expect(await person.connecting.done).toMatchObject({ phase: 'waiting' })
  expect(person.window.popup.closed).toBe(false)
  const told = person.states.length
  await person.decide(true)
  const ended = await new Promise((resolve) =>
    watchAuthorization(transportOf(person.browser), attemptId(person), {
      next: (attempt) => attempt.status === 'SUCCEEDED' && resolve(attempt),
    }),
  )
  expect(ended).toMatchObject({ url })
  expect(person.states).toHaveLength(told)
})

test('stop before the server has answered still lets the window reach the consent screen', async () => {
  const person = await click()
  person.connecting.stop()
  expect(await person.connecting.done).toEqual({ phase: 'starting' })
  await expect.poll(() => person.window.popup.visited, PATIENCE).toEqual([expect.stringContaining('/connect/')])
  expect(person.states).toEqual([])
})

test('waiting ends if the authorization no longer exists', async () => {
  const person = await click()
  await person.url()
  const { id } = parseGlobalId(attemptId(person)) ?? {}
  await patchbay.database.db.authorization.delete({ where: { id: id ?? '' } })
  await person.browser.authorize({ connector: 'acme-chat' }) // sends a notification
  expect(await person.connecting.done).toMatchObject({ phase: 'refused', error: { __typename: 'NotFoundError' } })
})

test('a page on another site confirms the return, and the page that started it gets the result', async () => {
  const browser = await newUser(patchbay)
  const window = new FakeWindow(`${ELSEWHERE}/apps`)
  const person = await click({ window, binding: 'CONFIRM' }, browser)
  const location = (await person.decide(true)).headers.get('location') ?? ''
  const back = returned({ href: location })
  expect(back).toMatchObject({ status: null, confirmation: expect.any(String), url: `${ELSEWHERE}/apps` })
  const transport = transportOf(browser)
  const wrong = await confirmReturned(transport, { authorizationId: back?.authorizationId ?? '', confirmation: 'no' })
  expect(wrong).toMatchObject({
    message: expect.stringContaining('nothing was connected'),
    error: { __typename: 'ConfirmationRefusedError', message: expect.stringContaining('returnTo') },
  })
  expect(back && (await confirmReturned(transport, back))).toMatchObject({ authorization: { status: 'SUCCEEDED' } })
  expect(await person.connecting.done).toMatchObject({ phase: 'connected' })
  expect(back && (await confirmReturned(transport, back))).toMatchObject({
    error: { __typename: 'AuthorizationEndedError' },
  })
})

function attemptId({ state }: ConnectingPerson): string {
  return 'authorization' in state ? state.authorization.id : ''
}
