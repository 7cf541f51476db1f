import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { PersonName } from './patchbay.js'

/** Tall, because GraphiQL renders only the lines of a result that are in view. */
export const VIEWPORT = { width: 1280, height: 4_000 }
export const PATIENCE = { timeout: 90_000 }

interface Watched {
  data: {
    setupProgress: {
      status: string
      progress: { done: number; required: number }
      steps: { status: string; authorization: { status: string; url: string } | null }[]
    }
  }
}

/** GraphiQL as a newcomer opens it, in one browser profile. */
export async function openGraphiQL(profile: BrowserContext, url: string, person?: PersonName): Promise<GraphiQL> {
  const page = await profile.newPage()
  await page.goto(`${url}/graphql${person ? `?as=${person}` : ''}`)
  await page.locator('.graphiql-query-editor .view-line').first().waitFor()
  return new GraphiQL(page)
}

/** Chooses an account, allows everything requested, and reads the result. */
export async function consent(page: Page, { app, scopes }: { app: string; scopes: string[] }): Promise<void> {
  await page.getByTestId('account-ada-work').click()
  await page.locator('main[data-page=consent]').waitFor()
  for (const scope of scopes) expect(await page.getByTestId(`scope-${scope}`).isChecked()).toBe(true)
  await page.getByTestId('allow').click()
  await page.locator('main[data-tone=good]').waitFor()
  expect(await page.getByRole('status').textContent()).toBe(`${app} is connected`)
}

/** The result of WatchSetup, as GraphiQL shows it. */
export const watched = (status: string, steps: string[]) => ({
  data: { setupProgress: { status, steps: steps.map((status) => ({ status })) } },
})

export class GraphiQL {
  constructor(readonly page: Page) {}

  tabs(): Promise<string[]> {
    return this.page.locator('.graphiql-tab-button').allInnerTexts()
  }

  /** Presses ▶. If a tab is named, in that tab, with one click on it. */
  async run(operation?: string): Promise<void> {
    if (operation) {
      const noted = /:graphiql:query$/
      await this.page.evaluate((noted) => {
        for (const key of Object.keys(localStorage)) if (noted.test(key)) localStorage.removeItem(key)
      }, noted)
      await this.page.locator('.graphiql-tab-button', { hasText: new RegExp(`^${operation}$`) }).click()
      // GraphiQL runs the operation that it has noted, a moment after the tab has changed. It stores the text then.
      await this.page.waitForFunction(
        ({ noted, operation }) =>
          Object.entries(localStorage).some(([key, text]) => noted.test(key) && text.includes(` ${operation} {`)),
        { noted, operation },
      )
    }
    await this.page.locator('.graphiql-execute-button').click()
  }

  /** Waits until the result contains this. Ignores spaces. */
  async shows(part: object): Promise<void> {
    await expect.poll(() => this.result<unknown>().catch(() => undefined), PATIENCE).toMatchObject(part)
  }

  /** Returns the text of the result pane. It breaks long lines, so spaces mean nothing. */
  async result<T>(): Promise<T> {
    const text = await this.page.locator('.result-window .view-lines').evaluate((lines) => {
      const inOrder = [...lines.children].sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
      return inOrder.map((line) => line.textContent).join('')
    })
    return JSON.parse(text.replaceAll(/\s/g, '')) as T
  }

  /** Of the steps that are shown. */
  async urls(): Promise<(string | undefined)[]> {
    const { data } = await this.result<Watched>()
    return data.setupProgress.steps.map((step) => step.authorization?.url)
  }

  /** Ctrl-clicks the first address of a consent screen, once the editor has turned the addresses into links. */
  async followFirstLink(): Promise<Page> {
    const opened = this.page.context().waitForEvent('page')
    const links = this.page.locator('.result-window .detected-link', { hasText: '/connect/' })
    const urls = await this.urls()
    await expect.poll(() => links.count(), PATIENCE).toBe(urls.filter((url) => url !== undefined).length)
    // By its place: the editor redraws its lines in any order.
    const { x, y } = await links.evaluateAll((all) => {
      const [topmost] = all.map((link) => link.getBoundingClientRect()).sort((a, b) => a.top - b.top)
      if (!topmost) throw new Error('no link')
      return { x: topmost.x + topmost.width / 2, y: topmost.y + topmost.height / 2 }
    })
    await this.page.keyboard.down('ControlOrMeta')
    await this.page.mouse.click(x, y)
    await this.page.keyboard.up('ControlOrMeta')
    return opened
  }

  async openPopup(url: string | undefined): Promise<Page> {
    const popup = this.page.waitForEvent('popup')
    await this.page.evaluate((url) => void window.open(url, 'connect', 'width=520,height=720'), url ?? '')
    return popup
  }
}
