import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Why tests in a real browser do not run here; in CI they run or fail. */
export const chromiumIsMissing = !existsSync(EXECUTABLE) && process.env.CI !== 'true'
if (chromiumIsMissing) console.warn(`SKIPPED: tests in a real browser. There is no ${EXECUTABLE}; set CHROMIUM.`)

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    headless: true,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
