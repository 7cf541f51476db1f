import type { Language } from '../../languages/languages.js'

/** The configuration that the server puts into this page's HTML. It has no secrets and no token. */
export interface PageConfig {
  /** Responds to a GET with cookies with `{ "token": "…" }`, or with 401 if no one is signed in. */
  tokenUrl: string
  signInUrl: string | null
  /** The language that the operator chose for everyone. */
  language: Language | null
  /** Where a POST signs out of staging. */
  signOutUrl: string | null
  isStaging: boolean
  /** The people you can sign in as, in development and staging only. */
  people: readonly DevelopmentPerson[] | null
  sandboxUrl: string | null
  explorerUrl: string | null
  /** Whose page this is: the operator's choice, or Patchbay's own. */
  brand: {
    name: string
    logo: {
      url: string
      /** For the dark theme, if there's another one. */
      darkUrl: string | null
      /** Its width, with a height of 1. */
      ratio: number
      /** Whether the name is part of it. */
      isWide: boolean
    } | null
  }
}

export interface DevelopmentPerson {
  id: string
  name: string
  organization: string
}

export function readPageConfig(page: Document): PageConfig {
  const element = page.getElementById('patchbay')
  if (!element?.textContent) throw new Error('The page has no configuration.')
  return JSON.parse(element.textContent) as PageConfig
}
