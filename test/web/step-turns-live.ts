import type { Browser, Locator, Page } from 'playwright-core'
import { createFilm, type Scene } from './film.js'

const VIEWPORT = { width: 960, height: 640 }
const POPUP = { viewport: { width: 340, height: 456 }, zoom: 0.68, left: 608, top: 84 }
/** A busy machine may take long over any of this. */
const PATIENCE_MS = 180_000
const PLUGIN = 'Meeting Assistant'
const APP = 'Acme Mail'

type Point = Scene['pointer']

/** Records the animation: a setup starts, a user connects an app in its own window, and the step turns live. */
export async function filmStepTurningLive(chromium: Browser, url: string, path: string) {
  const context = await chromium.newContext({ viewport: VIEWPORT, reducedMotion: 'no-preference' })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const film = await createFilm(chromium, VIEWPORT.width, VIEWPORT.height)
  let pointer: Point = { x: 700, y: 560 }
  let popup: Page | undefined
  let lastOfPopup: Scene['popup']

  const shotOfPopup = async (popup: Page): Promise<Scene['popup']> => ({
    picture: await popup.screenshot(),
    title: APP,
    left: POPUP.left,
    top: POPUP.top,
  })
  const shot = async (): Promise<Scene> => ({
    page: await page.screenshot(),
    popup: popup ? await shotOfPopup(popup) : lastOfPopup,
    pointer,
  })
  const hold = async (delayMs: number) => film.add(await shot(), delayMs)

  /** Moves the pointer to an element and clicks. */
  async function press(target: Locator, act: () => Promise<unknown>): Promise<void> {
    const scene = await shot()
    const box = await target.boundingBox()
    if (!box) throw new Error('The element to click is not visible.')
    const isInPopup = target.page() === popup
    const to = {
      x: Math.round(box.x + Math.min(box.width / 2, 120) + (isInPopup ? POPUP.left : 0)),
      y: Math.round(box.y + box.height / 2 + (isInPopup ? POPUP.top + 30 : 0)),
    }
    const from = pointer
    for (const share of [0.35, 0.7, 0.9]) {
      const at = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
      await film.add({ ...scene, pointer: at }, 60)
    }
    await film.add({ ...scene, pointer: to }, 180)
    await film.add({ ...scene, pointer: { ...to, pressed: true } }, 140)
    pointer = to
    await act()
  }

  await page.goto(url)
  await page.getByRole('heading', { name: PLUGIN }).waitFor()
  await page.reload() // Everything has been loaded once, so no banner says that the server was slow.
  await page.locator('.person__name', { hasText: 'Ada' }).waitFor()
  const start = page.locator('li.plugin', { hasText: PLUGIN }).getByRole('button', { name: 'Start setup' })
  await start.waitFor()
  await hold(600)
  await start.scrollIntoViewIfNeeded()
  await hold(200)
  await press(start, () => start.click())

  const connect = page.getByRole('button', { name: `Connect ${APP}` })
  await connect.waitFor()
  await page.evaluate(() => scrollTo(0, 0))
  const clock = await stopClock(page)
  await hold(350)
  await press(connect, async () => {
    ;[popup] = await Promise.all([page.waitForEvent('popup'), connect.click()])
    await popup.setViewportSize(POPUP.viewport)
    // The window closes itself, on a busy machine before we can take its picture.
    await popup.addInitScript(() => {
      window.close = () => {}
    })
  })
  if (!popup) throw new Error('No window has opened.')
  const account = popup.getByTestId('account-ada-work')
  await account.waitFor()
  await page.locator('li[data-status=AUTHORIZING]').waitFor()
  await shrink(popup)
  await hold(500)
  await press(account, () => account.click())
  const allow = popup.getByTestId('allow')
  await allow.waitFor()
  await shrink(popup)
  await hold(500)
  await press(allow, () => allow.click())

  await popup.locator('main[data-tone=good]').waitFor()
  await page.locator('li.step--fresh[data-status=LIVE]').waitFor()
  await shrink(popup)
  lastOfPopup = await shotOfPopup(popup)
  popup = undefined
  for (let time = 0; time < 600; time += 100) {
    await clock(time)
    await hold(100)
  }
  await clock(600)
  await hold(300)
  lastOfPopup = undefined
  await clock(700)
  await hold(700)
  for (const time of [1_300, 1_700, 2_100]) {
    await clock(time)
    await hold(100)
  }
  await clock(2_400)
  await hold(1_200)
  await context.close()
  return film.save(path)
}

/**
 * Stops the page's animations: on a busy machine they would end before we can take the first picture.
 * @returns a function that shows all animations at a moment, in milliseconds from their beginning
 */
async function stopClock(page: Page): Promise<(timeMs: number) => Promise<void>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Animation.enable')
  await session.send('Animation.setPlaybackRate', { playbackRate: 0 })
  return async (timeMs) => {
    await page.evaluate((timeMs) => {
      for (const animation of document.getAnimations()) {
        animation.pause()
        animation.currentTime = timeMs
      }
    }, timeMs)
    // A progress bar's transition isn't listed above. It plays by itself.
    await session.send('Animation.setPlaybackRate', { playbackRate: 1 })
  }
}

/** Makes the page fit its small window. */
function shrink(popup: Page): Promise<void> {
  return popup.evaluate((zoom) => {
    document.documentElement.style.zoom = String(zoom)
  }, POPUP.zoom)
}
