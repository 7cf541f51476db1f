import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchChromium } from '../support/chromium.js'
import { freePort } from '../support/free-port.js'
import { plainEnvironment, runProcess } from '../support/running-process.js'
import { filmStepTurningLive } from './step-turns-live.js'

/** `npm run screenshots` takes the animation of the README and the pictures of the docs from a running Patchbay. */
const FOLDER = new URL('../../docs/images/', import.meta.url).pathname
const MAIN = new URL('../../src/main.ts', import.meta.url).pathname
const VIEWPORT = { width: 1_000, height: 760 }

const data = await mkdtemp(join(tmpdir(), 'patchbay-screenshots-'))
const port = String(await freePort())
const url = `http://localhost:${port}`
const ports = { PATCHBAY_PORT: port, PATCHBAY_SANDBOX_PORT: String(await freePort()) }
const product = await runProcess(process.execPath, ['--import', 'tsx', MAIN], {
  env: { ...plainEnvironment(), ...ports, PATCHBAY_DATA: data },
  ready: /API key /,
})
await mkdir(FOLDER, { recursive: true })
const chromium = await launchChromium()
try {
  const { bytes, lengthMs } = await filmStepTurningLive(chromium, url, join(FOLDER, 'step-turns-live.gif'))
  console.log(`docs/images/step-turns-live.gif: ${Math.round(bytes / 1_024)} KB, ${lengthMs / 1_000} s`)

  const context = await chromium.newContext({ viewport: VIEWPORT, colorScheme: 'dark' })
  const page = await context.newPage()
  await page.goto(`${url}/plugins/meeting-assistant`)
  for (const app of ['Acme Calendar', 'Acme Chat']) {
    const popup = await ask(page, `Connect ${app}`)
    await popup.getByTestId('account-ada-work').click()
    await popup.getByTestId('allow').click()
    await page.locator('li[data-status=LIVE]', { hasText: app }).waitFor()
  }
  await page.getByRole('heading', { name: 'Meeting Assistant is ready' }).waitFor()
  await page.getByRole('link', { name: 'Connections', exact: true }).click()
  await page.getByRole('link', { name: 'Meeting Assistant' }).first().waitFor()
  await page.locator('.day').first().waitFor()
  await take(page, 'connections-dark')
} finally {
  await chromium.close()
  await product.stop()
  await rm(data, { recursive: true, force: true })
}

async function ask(page: Page, button: string): Promise<Page> {
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button', { name: button }).click()])
  return popup
}

async function take(page: Page, name: string): Promise<void> {
  await page.bringToFront()
  await page.evaluate(() => scrollTo(0, 0))
  await page.screenshot({ path: join(FOLDER, `${name}.png`) })
  console.log(`docs/images/${name}.png`)
}
