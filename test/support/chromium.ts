import type { Browser } from 'playwright-core'
import { isExecutable, type Requirement } from './requirement.js'

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium'

export const CHROMIUM: Requirement = {
  tag: 'chromium',
  isThere: () => isExecutable(EXECUTABLE),
  absence: `Chromium wasn't found at ${EXECUTABLE}.`,
  package: 'chromium',
  setting: 'CHROMIUM to the path of a Chromium or Chrome',
}

export async function launchChromium(): Promise<Browser> {
  // vitest.config.ts imports this file and needs no browser.
  const { chromium } = await import('playwright-core')
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
