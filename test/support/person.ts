import { CookieJar } from 'tough-cookie'

export interface Choice {
  /** The account's id, such as `ada-work`. */
  account: string
  allow: boolean
  /** The scopes to uncheck before allowing. */
  untick?: readonly string[]
}

/** What the app sends back to its client: a redirect (GET) or a form (POST), not followed yet. */
export interface Callback {
  callbackUrl: string
  method: 'GET' | 'POST'
  form?: URLSearchParams
}

/** A person with a browser: an HTTP client that keeps cookies and fills in the sandbox's pages. */
export class Person {
  readonly jar = new CookieJar()

  /** Sends one request with this person's cookies. Returns redirects instead of following them. */
  async open(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    const cookies = await this.jar.getCookieString(String(url))
    if (cookies) headers.set('cookie', cookies)
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) await this.jar.setCookie(cookie, String(url))
    return response
  }

  /** Goes from an authorization URL through sign-in and consent to the redirect back to the client. */
  async consent(authorizationUrl: string | URL, choice: Choice): Promise<Callback> {
    let step = await this.visit(authorizationUrl)
    for (let pages = 0; pages < 10; pages++) {
      if ('callbackUrl' in step) return step
      const { name, account, html, url } = step
      if (name === 'account') step = await this.#submit(url, html, 'account-form', [['account', choice.account]])
      else if (name === 'consent' && account !== choice.account) {
        step = await this.#submit(url, html, 'another-account-form', [])
      } else if (name === 'consent') step = await this.#submit(url, html, 'consent-form', decision(html, choice))
      else throw new Error(`Expected a consent page, got "${name}" at ${url}`)
    }
    throw new Error(`No end of pages after ${authorizationUrl}`)
  }

  /** Signs in on an app's sign-in page, outside any authorization. */
  async signIn(signInUrl: string | URL, account: string): Promise<void> {
    const page = await this.visit(signInUrl)
    if ('callbackUrl' in page || page.name !== 'account') throw new Error(`${signInUrl} does not ask for an account`)
    await this.#submit(page.url, page.html, 'account-form', [['account', account]])
  }

  /** Follows redirects within the sandbox. Returns the page it reached, or what goes back to the client. */
  async visit(url: string | URL, init: RequestInit = {}): Promise<SandboxPage | Callback> {
    let response = await this.open(url, init)
    let here = new URL(url)
    while (response.status >= 300 && response.status < 400) {
      const next = new URL(response.headers.get('location') ?? '', here)
      if (next.origin !== here.origin) return { callbackUrl: next.href, method: 'GET' }
      response = await this.open(next)
      here = next
    }
    const html = await response.text()
    const action = attribute(html.match(/<form[^>]*>/)?.[0] ?? '', 'action')
    if (action && new URL(action, here).origin !== here.origin) {
      const fields = elements(html, 'input').map((input) => [attribute(input, 'name'), attribute(input, 'value')])
      return { callbackUrl: new URL(action, here).href, method: 'POST', form: new URLSearchParams(fields) }
    }
    const main = html.match(/<main[^>]*>/)?.[0] ?? ''
    const page = { name: attribute(main, 'data-page'), account: attribute(main, 'data-account') }
    return { ...page, html, url: here.href, status: response.status }
  }

  #submit(page: string, html: string, form: string, fields: [string, string][]): Promise<SandboxPage | Callback> {
    const tag = elements(html, 'form').find((each) => attribute(each, 'data-testid') === form)
    if (!tag) throw new Error(`No form ${form} at ${page}`)
    const { origin } = new URL(page)
    const init = { method: 'POST', body: new URLSearchParams(fields), headers: { origin } }
    return this.visit(new URL(attribute(tag, 'action'), page), init)
  }
}

/** A page of the sandbox. `name` is its `data-page`, and `account` its `data-account`. */
export interface SandboxPage {
  name: string
  account: string
  html: string
  url: string
  status: number
}

function decision(html: string, { allow, untick = [] }: Choice): [string, string][] {
  const offered = elements(html, 'input')
    .filter((input) => attribute(input, 'name') === 'scope')
    .map((input) => attribute(input, 'value'))
  const missing = untick.find((scope) => !offered.includes(scope))
  if (missing) throw new Error(`The consent page has no box for ${missing}`)
  const ticked = offered.filter((scope) => !untick.includes(scope))
  return [...ticked.map((scope): [string, string] => ['scope', scope]), ['decision', allow ? 'allow' : 'deny']]
}

function elements(html: string, name: string): string[] {
  return html.match(new RegExp(`<${name}\\b[^>]*>`, 'g')) ?? []
}

function attribute(tag: string, name: string): string {
  const [, value = ''] = tag.match(new RegExp(`\\b${name}="([^"]*)"`)) ?? []
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return value.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_all, entity: string) => entities[entity] ?? '')
}
