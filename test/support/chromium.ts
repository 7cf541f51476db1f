import { accessSync, constants } from 'node:fs'
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { isExecutable, type Requirement } from './requirement.js'

/** The shell renders the same pages with a fifth less CPU time, because it has no windows to draw. */
const INSTALLED = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']
const EXECUTABLE = process.env.CHROMIUM ?? INSTALLED.find(isThereNow) ?? '/usr/bin/chromium-headless-shell'

export const CHROMIUM: Requirement = {
  tag: 'chromium',
  isThere: () => isExecutable(EXECUTABLE),
  absence: `Chromium wasn't found at ${EXECUTABLE}.`,
  package: 'chromium-headless-shell',
  setting: 'CHROMIUM to the path of a Chromium or Chrome',
}

/** Browser contexts of one test file. Closing it closes those that are still open. */
export interface Chromium extends AsyncDisposable {
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>
  close(): Promise<void>
}

let running: Promise<Browser> | undefined

/** Uses the one Chromium of this process, and starts it for the first file that asks. */
export async function openChromium(): Promise<Chromium> {
  running ??= launchChromium()
  const browser = await running
  const opened = new Set<BrowserContext>()
  const close = async () => {
    await Promise.all([...opened].map((context) => context.close()))
  }
  return {
    async newContext(options) {
      const context = await browser.newContext(options)
      opened.add(context)
      context.on('close', () => opened.delete(context))
      return context
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A browser of its own, for programs that end. */
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

function isThereNow(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
