/**
 * The pages of one app. Tests drive them, so don't change this markup:
 *
 * - `main[data-page]`: `account`, `consent`, `signed-in`, `sign-in-first`, `loading` or `problem`
 * - account page: `form[data-testid=account-form]` with one `button[name=account][value=<id>][data-testid=account-<id>]` per account
 * - consent page: `main[data-account=<id>]`; `form[data-testid=consent-form]` with one
 *   `input[type=checkbox][name=scope][value=<scope>][data-testid=scope-<scope>]` per scope that can be unchecked, and
 *   `button[name=decision]` with `value=allow` (`data-testid=allow`) and `value=deny` (`data-testid=deny`);
 *   `form[data-testid=another-account-form]` with `button[data-testid=another-account]`
 * - sign-in-first page: `a[data-testid=sign-in-link]`
 * - signed-in page: `form[data-testid=sign-out-form]` with `button[data-testid=sign-out]`
 */
import { html } from 'hono/html'
import type { Account, AppDefinition } from '../apps.js'
import { brandCss, logo } from './brand.js'
import { type Html, type Page, renderPage } from './page.js'

/** Permissions without a checkbox: the app grants them whenever they are requested. */
const fixedWords = [
  { scopes: ['email', 'profile'], title: 'See who you are', description: 'Your name and email address.' },
  {
    scopes: ['offline_access'],
    title: 'Stay connected',
    description: 'Even when you’re away, until you disconnect.',
  },
]

export function accountPage(app: AppDefinition, action: string): Promise<Page> {
  return appPage(app, 'account', `Sign in to ${app.name}`, {
    heading: html`Choose an account`,
    intro: html`Sign in to ${app.name}. Sandbox accounts have no password, so one click signs you in.`,
    content: html`<form method="post" action="${action}" data-testid="account-form" class="accounts">
${app.accounts.map(
  (account) => html`<button type="submit" name="account" value="${account.id}" data-testid="account-${account.id}">
${face(account)}</button>`,
)}</form>`,
  })
}

export interface ConsentQuestion {
  action: string
  account: Account
  requested: readonly string[]
}

export function consentPage(app: AppDefinition, { action, account, requested }: ConsentQuestion): Promise<Page> {
  const asked = new Set(requested)
  const optional = app.scopes.filter(({ name }) => asked.has(name))
  const fixed = fixedWords.filter(({ scopes }) => scopes.some((scope) => asked.has(scope)))
  return appPage(app, 'consent', `Patchbay wants to access your ${app.name} account`, {
    account,
    heading: html`Patchbay wants to access your ${app.name} account`,
    content: html`<form method="post" action="${action}/another-account" data-testid="another-account-form" class="account">
${face(account)}<button type="submit" class="link" data-testid="another-account">Use another account</button></form>
<form method="post" action="${action}/consent" data-testid="consent-form">
<fieldset><legend>Patchbay will be able to</legend>
${optional.map(
  (scope) => html`<label class="scope">
<input type="checkbox" name="scope" value="${scope.name}" checked data-testid="scope-${scope.name}">
<span><b>${scope.title} <code>${scope.name}</code></b><span class="soft small">${scope.description}</span></span></label>`,
)}
${fixed.map(
  ({ title, description }) => html`<div class="scope">${checkmark}
<span><b>${title}</b><span class="soft small">${description}</span></span></div>`,
)}
</fieldset>
<div class="choice">
<button type="submit" name="decision" value="deny" data-testid="deny">Deny</button>
<button type="submit" name="decision" value="allow" class="primary" data-testid="allow">Allow</button>
</div></form>
<p class="soft small">${optional.length > 0 && 'You can uncheck what you don’t want to allow. '}You can revoke access in your ${app.name} settings at any time.</p>`,
  })
}

export function signedInPage(app: AppDefinition, account: Account, path: string): Promise<Page> {
  return appPage(app, 'signed-in', `Signed in to ${app.name}`, {
    account,
    heading: html`You’re signed in to ${app.name}`,
    intro: html`You can close this page and go back to where you came from.`,
    content: html`<div class="account">${face(account)}</div>
<form method="post" action="${path}/sign-in/out" data-testid="sign-out-form">
<button type="submit" data-testid="sign-out">Sign out</button></form>`,
  })
}

export function signInFirstPage(app: AppDefinition, issuer: string): Promise<Page> {
  return appPage(app, 'sign-in-first', `Sign in to ${app.name} first`, {
    heading: html`Sign in to ${app.name} first`,
    intro: html`${app.name} only shows its consent page when you’re signed in. Sign in, then go back to Patchbay and try again.`,
    content: html`<p></p><a class="button primary" href="${issuer}/sign-in" data-testid="sign-in-link">Sign in to ${app.name}</a>`,
  })
}

/** A consent page that never finishes loading. */
export function loadingPage(app: AppDefinition): Promise<Page> {
  return appPage(app, 'loading', app.name, {
    content: html`<div class="spinner" role="status" aria-label="Loading"></div>`,
  })
}

export function problemPage(app: AppDefinition, words: string): Promise<Page> {
  return appPage(app, 'problem', `${app.name}: something went wrong`, {
    heading: html`Something went wrong`,
    content: html`<p class="soft">${words}</p>`,
  })
}

/** The HTML that an overloaded server in front of the app would send instead of JSON. */
export function failureBody(status: number): string {
  return `<!doctype html><title>${status}</title><h1>${status}</h1><p>The server is unable to serve this request.</p>\n`
}

interface Parts {
  account?: Account
  heading?: Html
  intro?: Html
  content: Html
}

function appPage(app: AppDefinition, name: string, title: string, { account, heading, intro, content }: Parts) {
  return renderPage({
    title,
    css: brandCss(app.brand),
    content: html`<main data-page="${name}" data-app="${app.slug}" data-account="${account?.id ?? ''}">
<div class="head"><div class="mark">${logo(app, 40)}<span>${app.name}</span></div></div>
<div class="body">${heading && html`<h1>${heading}</h1>`}${intro && html`<p class="soft">${intro}</p>`}
${content}</div></main>
<p class="foot">${app.name} is a sandbox app of Patchbay. Nothing here is real.</p>`,
  })
}

function face({ name, email, kind }: Account): Html {
  const initials = name.replaceAll(/(\w)\w*\s*/g, '$1')
  return html`<span class="who ${kind}"><span class="face" aria-hidden="true">${initials}</span>
<span><b>${name} (${kind})</b><span class="soft small">${email}</span></span></span>`
}

const checkmark = html`<svg class="fixed" viewBox="0 0 20 20" aria-hidden="true"><path d="m4 10.5 4 4 8-9" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>`
