import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PATIENT } from '../../support/patience.js'
import { startWizardScene, type WizardScene } from './scene.js'
import { ConsentWindow, MEETING_ASSISTANT } from './screen.js'

const BLOCKED = 'chrome-error://chromewebdata/'
const LOGO =
  'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 28"><rect width="100" height="28"/></svg>'

/** A page that shows what its address names in a frame, with the script that docs/wizard.md has for it. */
const hostPage = (
  script: string,
) => `<!doctype html><title>Host</title><iframe id="patchbay" width="800" height="300"></iframe>
<script>
const connect = new URLSearchParams(location.search).get('at') ?? sessionStorage.at
sessionStorage.at = connect
document.getElementById('patchbay').src = connect
${script.replace("'https://connect.example.com'", 'new URL(connect).origin')}
</script>`

async function documentedScript(): Promise<string> {
  const page = await readFile(new URL('../../../docs/wizard.md', import.meta.url), 'utf8')
  const [, script = ''] = /<script>\n([\s\S]*?)<\/script>/.exec(page) ?? []
  expect(script).toContain("'https://connect.example.com'")
  return script
}

describe('the wizard in a frame', { ...PATIENT, tags: 'chromium' }, () => {
  let scene: WizardScene
  let server: Server
  let other: Server
  const urlOf = (one: Server) => `http://localhost:${(one.address() as AddressInfo).port}`
  const serve = async (): Promise<Server> => {
    const script = await documentedScript()
    const started = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(hostPage(script))
    })
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
    return started
  }
  beforeAll(async () => {
    server = await serve()
    other = await serve()
    scene = await startWizardScene({
      PATCHBAY_WIZARD_FRAME_ANCESTORS: urlOf(server),
      PATCHBAY_RETURN_ORIGINS: urlOf(server),
      PATCHBAY_BRAND_NAME: 'Acme Connect',
      PATCHBAY_BRAND_LOGO: LOGO,
      PATCHBAY_BRAND_ACCENT: '#b4005a',
    })
  }, PATIENT.timeout)
  afterAll(async () => {
    await scene?.[Symbol.asyncDispose]()
    server?.close()
    other?.close()
  })

  /** Opens a page of the host with this address in its frame. */
  async function embed(page: Page, at: string, host = server): Promise<FrameLocator> {
    await page.goto(`${urlOf(host)}/?at=${encodeURIComponent(at)}`)
    return page.frameLocator('#patchbay')
  }
  const wizardAt = () => {
    const returnTo = encodeURIComponent(`${urlOf(server)}/settings`)
    return `${scene.patchbay.url}${MEETING_ASSISTANT}?patchbay_return_to=${returnTo}`
  }
  const live = (frame: FrameLocator, app: string) =>
    frame.locator('li.step[data-status="LIVE"]').filter({ hasText: app }).waitFor()

  test('connects an app in a popup, has the brand’s colors, and tells the host its height', async () => {
    await using device = await scene.device(scene.newcomer())
    const page = await device.newPage()
    const problems: string[] = []
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    const frame = await embed(page, wizardAt())
    const start = frame.getByRole('button', { name: 'Start setup' })
    await start.waitFor()
    expect(await start.evaluate((button) => getComputedStyle(button).backgroundColor)).toBe('rgb(180, 0, 90)')
    await frame.getByRole('img', { name: 'Acme Connect' }).waitFor()
    await start.click()
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      frame.getByRole('button', { name: 'Connect Acme Mail' }).click(),
    ])
    await new ConsentWindow(popup).allow()
    await live(frame, 'Acme Mail')
    const content = () => frame.locator('body').evaluate((body) => Math.ceil(body.getBoundingClientRect().height))
    const height = () => page.locator('#patchbay').evaluate((element) => element.clientHeight)
    await expect.poll(async () => (await height()) - (await content())).toBe(0)
    expect(await height()).toBeGreaterThan(600)
    expect(problems).toEqual([])
  })

  test('leaves with the whole page if popups are blocked, and comes back to the host', async () => {
    await using device = await scene.device(scene.newcomer())
    const page = await device.newPage()
    await page.addInitScript(() => {
      window.open = () => null
    })
    const frame = await embed(page, wizardAt())
    await frame.getByRole('button', { name: 'Start setup' }).click()
    await frame.getByRole('button', { name: 'Connect Acme Mail' }).click()
    await page.waitForURL((url) => url.origin === scene.patchbay.sandbox.url)
    await new ConsentWindow(page).allow()
    await page.waitForURL((url) => url.origin === urlOf(server) && url.pathname === '/settings')
    expect(new URL(page.url()).searchParams.get('patchbay_status')).toBe('succeeded')
    await live(frame, 'Acme Mail')
  })

  test('offers to sign in with the whole page', async () => {
    await using device = await scene.device(scene.newcomer())
    await device.clearCookies()
    const page = await device.newPage()
    const frame = await embed(page, wizardAt())
    const link = frame.locator(`a[href="${scene.host.signInUrl}"]`)
    await link.waitFor()
    expect(await link.getAttribute('target')).toBe('_top')
  })

  test('is blocked on every other origin, and so is everything else of Patchbay on the host', async () => {
    await using device = await scene.device(scene.newcomer())
    const page = await device.newPage()
    const shown = () => page.frames().at(-1)?.url()
    await embed(page, wizardAt(), other)
    await expect.poll(shown).toBe(BLOCKED)
    for (const path of ['/connect/00000000-0000-4000-8000-000000000000', '/oauth/callback/acme-mail', '/nowhere']) {
      await embed(page, `${scene.patchbay.url}${path}`)
      await expect.poll(shown).toBe(BLOCKED)
    }
  })
})
