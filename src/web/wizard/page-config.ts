/** What the server tells this page in its HTML. Nothing of it is secret, and no token is among it. */
export interface PageConfig {
  /** Answers a GET with cookies by `{ "token": "…" }`, or 401 when nobody is signed in. */
  tokenUrl: string
  signInUrl: string | null
  /** In development: whom one can be. */
  people: readonly DevelopmentPerson[] | null
  sandboxUrl: string | null
  explorerUrl: string | null
}

export interface DevelopmentPerson {
  id: string
  name: string
  organization: string
}

export function readPageConfig(page: Document): PageConfig {
  const element = page.getElementById('patchbay')
  if (!element?.textContent) throw new Error('The page came without its configuration.')
  return JSON.parse(element.textContent) as PageConfig
}
