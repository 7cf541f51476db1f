import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium'

/**
 * Whether there is a Chromium to drive; tests without one are skipped, loudly.
 * @throws with CI=true, where a skipped browser test would go unnoticed
 */
export function hasChromium(): boolean {
  if (existsSync(EXECUTABLE)) return true
  const message = `There is no Chromium at ${EXECUTABLE}. Install one, or set CHROMIUM to its path.`
  if (process.env.CI === 'true') throw new Error(message)
  console.warn(`SKIPPED, not tested: ${message}`)
  return false
}

/** A headless Chromium that loads nothing by itself. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
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
