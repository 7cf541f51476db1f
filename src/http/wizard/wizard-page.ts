import type { Language } from '../../languages/languages.js'

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
}

const PLACE = '<!--patchbay-->'

/**
 * Returns the wizard's page with the facts in it, as data that no value can turn into a script.
 * @param template dist/wizard/index.html
 */
export function wizardPage(template: string, facts: WizardFacts): string {
  const [before, after, ...more] = template.split(PLACE)
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`the wizard’s index.html has to hold ${PLACE} once`)
  }
  const json = JSON.stringify(facts).replaceAll('<', '\\u003c')
  return `${before}<script type="application/json" id="patchbay">${json}</script>${after}`
}
