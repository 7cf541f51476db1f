import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Page } from 'playwright-core'
import { launchChromium } from '../support/chromium.js'
import { freePort } from '../support/free-port.js'

/** `npm run screenshots`: the pictures of the README, taken of the running product. */
const FOLDER = new URL('../../docs/images/', import.meta.url).pathname
const MAIN = new URL('../../src/main.ts', import.meta.url).pathname
const VIEWPORT = { width: 1_000, height: 760 }

const data = await mkdtemp(join(tmpdir(), 'patchbay-screenshots-'))
const port = String(await freePort())
const sandbox = String(await freePort())
const product = spawn(process.execPath, ['--import', 'tsx', MAIN], {
  env: { ...process.env, PATCHBAY_DATA: data, PATCHBAY_PORT: port, PATCHBAY_SANDBOX_PORT: sandbox },
  stdio: ['ignore', 'pipe', 'inherit'],
})
for await (const line of createInterface({ input: product.stdout })) if (line.includes('Be somebody else')) break
product.stdout.resume()
await mkdir(FOLDER, { recursive: true })
const chromium = await launchChromium()
try {
  const context = await chromium.newContext({ viewport: VIEWPORT, reducedMotion: 'no-preference' })
  const page = await context.newPage()
  await page.goto(`http://localhost:${port}/plugins/meeting-assistant`)
  await page.getByRole('button', { name: 'Start setup' }).click()
  const mail = await ask(page, 'Connect Acme Mail')
  await mail.getByTestId('account-ada-work').click()
  await mail.locator('main[data-page=consent]').waitFor()
  await page.getByText('Acme Mail is asking you in the other window.').waitFor()
  await take(page, 'setup-waiting')
  await mail.getByTestId('allow').click()
  await page.locator('li.step--fresh[data-status=LIVE]').waitFor()
  await take(page, 'setup-live')
  for (const app of ['Acme Calendar', 'Acme Chat']) {
    const popup = await ask(page, `Connect ${app}`)
    await popup.getByTestId('account-ada-work').click()
    await popup.getByTestId('allow').click()
    await page.locator('li[data-status=LIVE]', { hasText: app }).waitFor()
  }
  await page.getByRole('heading', { name: 'Meeting Assistant is ready' }).waitFor()
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.getByRole('link', { name: 'Connections', exact: true }).click()
  await page.getByText('Used by').first().waitFor()
  await take(page, 'connections-dark')
} finally {
  await chromium.close()
  product.kill('SIGTERM')
  await once(product, 'exit')
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
