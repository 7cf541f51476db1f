import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { StepStatus } from '../../../src/generated/documents/graphql.js'
import { en, type Texts } from '../../../src/web/wizard/texts/en.js'

/** Selects what people don't see. */
export const HIDDEN = '.visually-hidden, .skip, details:not([open]) > :not(summary)'

export const MEETING_ASSISTANT = '/plugins/meeting-assistant'

/** The wizard on one page, as a person uses it, in the language of their browser. */
export class Screen {
  constructor(
    readonly page: Page,
    readonly texts: Texts = en,
  ) {}

  /** Records what live regions announce, for `said`. Call it before the page is opened. */
  async listenIn(): Promise<void> {
    await this.page.addInitScript(() => {
      const said: string[] = []
      const closeCodes: number[] = []
      const sockets = new Set<WebSocket>()
      const line = { isCut: false, sockets }
      Object.assign(window, { said, closeCodes, line })
      window.WebSocket = class extends WebSocket {
        constructor(url: string | URL, protocols?: string | string[]) {
          super(line.isCut ? 'ws://localhost:1/' : url, protocols)
          sockets.add(this)
          this.addEventListener('close', ({ code }) => closeCodes.push(code))
        }
      }
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const element = target instanceof Element ? target : target.parentElement
          const text = element?.closest('[aria-live]') ? element.textContent?.trim() : ''
          if (text && said.at(-1) !== text) said.push(text)
        }
      }).observe(document, { subtree: true, childList: true, characterData: true })
    })
  }

  said(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as { said: string[] }).said)
  }

  /** Resolves when the server has closed one of the page's WebSockets with this code. */
  async closedSocket(code: number): Promise<void> {
    const codes = () => this.page.evaluate(() => (window as unknown as { closeCodes: number[] }).closeCodes)
    await expect.poll(codes, { timeout: 60_000 }).toContain(code)
  }

  /** Blocks all WebSockets until told otherwise. */
  async cutSockets(isCut = true): Promise<void> {
    await this.page.evaluate((isCut) => {
      const { line } = window as unknown as { line: { isCut: boolean; sockets: Set<WebSocket> } }
      line.isCut = isCut
      if (isCut) for (const socket of line.sockets) socket.close(4000)
    }, isCut)
  }

  /** Blocks all requests to the API until told otherwise. */
  async cut(isCut = true): Promise<void> {
    if (isCut) await this.page.route(/\/graphql$/, (route) => route.abort())
    else await this.page.unroute(/\/graphql$/)
    await this.cutSockets(isCut)
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' })
  }

  /** Starts the plugin's setup from its page. */
  async start(): Promise<void> {
    await this.button(this.texts.plugins.start).click()
    await this.page.getByRole('heading', { name: this.texts.setup.steps }).waitFor()
  }

  step(app: string): Locator {
    return this.page.locator('li.step').filter({ has: this.page.getByRole('heading', { name: app, exact: true }) })
  }

  /** Waits until the step has this status. */
  async shows(app: string, status: StepStatus): Promise<void> {
    await this.step(app)
      .and(this.page.locator(`[data-status="${status}"]`))
      .waitFor()
  }

  async reads(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor()
  }

  async readsNot(text: string | RegExp): Promise<void> {
    await expect.poll(() => this.page.getByText(text).count()).toBe(0)
  }

  /** The button of the menu in an app's row on the connections page. */
  actions(app: string): Locator {
    return this.page.getByRole('button', { name: this.texts.connections.actions(app, '') })
  }

  /** Chooses from that menu. With several accounts, from the first one's. */
  async choose(app: string, item: string): Promise<void> {
    await this.actions(app).first().click()
    await this.page.getByRole('menuitem', { name: item, exact: true }).click()
  }

  /** Presses a button that opens the app's consent screen in a new window. */
  async consentWindow(button: string | RegExp): Promise<ConsentWindow> {
    const [popup] = await Promise.all([this.page.waitForEvent('popup'), this.button(button).click()])
    return new ConsentWindow(popup)
  }

  /** Connects an app, from the button to the live step. */
  async connect(app: string, button: string | RegExp = this.texts.remedy.CONNECT(app)): Promise<void> {
    const popup = await this.consentWindow(button)
    await popup.allow()
    await this.shows(app, 'LIVE')
  }
}

/** Returns the elements that are partly beyond an edge of the page. */
export function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(
    (hidden) =>
      [...document.querySelectorAll('body *')]
        .filter((element) => !element.closest(hidden))
        .filter((element) => {
          const { left, right, width } = element.getBoundingClientRect()
          return width > 0 && (left < -1 || right > innerWidth + 1)
        })
        .map((element) => `${element.tagName} ${element.className}`),
    HIDDEN,
  )
}

/** An app's own consent screen. */
export class ConsentWindow {
  constructor(readonly page: Page) {}

  /** Chooses an account and waits for the permissions. */
  async signIn(account = 'ada-work'): Promise<void> {
    const button = this.page.getByTestId(`account-${account}`)
    const consent = this.page.locator('main[data-page=consent]')
    await button.or(consent).first().waitFor()
    if (await button.isVisible()) await button.click()
    await consent.waitFor()
  }

  async allow({ account, untick = [] }: { account?: string; untick?: readonly string[] } = {}): Promise<void> {
    await this.signIn(account)
    for (const scope of untick) await this.page.getByTestId(`scope-${scope}`).uncheck()
    // The next page may be slow to load, so check the wizard instead.
    await this.page.getByTestId('allow').click({ noWaitAfter: true })
  }

  async deny(): Promise<void> {
    await this.signIn()
    await this.page.getByTestId('deny').click()
  }

  /** Closes the window, as a person would. */
  close(): Promise<void> {
    return this.page.close()
  }
}
