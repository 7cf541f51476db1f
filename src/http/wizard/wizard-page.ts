import { html, raw } from 'hono/html'
import type { Language } from '../../languages/languages.js'
import { type Brand, wizardBrandStyle } from '../brand/brand.js'
import { faviconLink } from '../brand/brand-head.js'

/** What the wizard's page knows when it loads. It gets everything else from the API, as any client does. */
export interface WizardFacts {
  /**
   * Responds to a `GET` with credentials with `{ "token": "…" }`, or with 401. A URL, or a path on the public URL's
   * origin.
   */
  tokenUrl: string
  /** Where to sign in after a 401. Null if the page has no link to offer. */
  signInUrl: string | null
  /** The language that the operator chose for everyone. Null for each person's own. */
  language: Language | null
  /** In staging, where a `POST` signs out. Null if there is nothing to sign out of. */
  signOutUrl: string | null
  /** Whether this is a staging, so that no one takes it for the real thing. */
  isStaging: boolean
  /** In development and staging, the people you can sign in as. The token URL accepts `?as=<id>`. */
  people: readonly { id: string; name: string; organization: string }[] | null
  sandboxUrl: string | null
  explorerUrl: string | null
  brand: BrandFacts
}

/** Whose pages these are. */
export interface BrandFacts {
  name: string
  logo: {
    url: string
    /** For the dark theme. Null if the picture is for both. */
    darkUrl: string | null
    /** Its width, with a height of 1. */
    ratio: number
    /** Whether the name is part of it. */
    isWide: boolean
  } | null
}

const PLACE = '<!--patchbay-->'

/**
 * Returns the wizard's page with the brand, and with the facts as data that no value can turn into a script.
 * @param template dist/wizard/index.html
 */
export function wizardPage(template: string, facts: WizardFacts, brand: Brand): string {
  const [before, after, ...more] = template.split(PLACE)
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`the wizard’s index.html has to hold ${PLACE} once`)
  }
  const json = JSON.stringify(facts).replaceAll('<', '\\u003c')
  const style = wizardBrandStyle(brand)
  const head = html`<title>${brand.name}</title>${faviconLink(brand)}${style && html`<style>${raw(style)}</style>`}`
  return `${before}${head}<script type="application/json" id="patchbay">${json}</script>${after}`
}

/** Returns what the wizard says of the brand. */
export function brandFacts({ name, logo }: Brand): BrandFacts {
  if (!logo) return { name, logo: null }
  const { picture, dark, ratio, isWide } = logo
  return { name, logo: { url: picture.path, darkUrl: dark?.path ?? null, ratio, isWide } }
}
