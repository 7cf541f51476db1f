/** What the wizard's page is told. All else it asks of the API, as any client does. */
export interface WizardFacts {
  /** Answers `GET` with credentials by `{ "token": "…" }`, or 401. Absolute, or a path of the public URL's origin. */
  tokenUrl: string
  /** Where somebody signs in who is answered 401; null: the page has no link to offer. */
  signInUrl: string | null
  /** Who can be chosen, in development: the token URL takes `?as=<id>`. */
  people: readonly { id: string; name: string; organization: string }[] | null
  sandboxUrl: string | null
  explorerUrl: string | null
}

const PLACE = '<!--patchbay-->'

/**
 * The wizard's page with the facts in it, as data that no value can turn into a script.
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
