import { html } from 'hono/html'
import type { PageTexts } from '../../languages/pages/en.js'
import type { Page } from '../oauth/page.js'
import { SIGN_IN_PATH } from './staging-paths.js'

interface SignInPage {
  /** Where the person wanted to go. */
  to: string
  /** The origins that the way there may lead over. */
  redirectOrigins: readonly string[]
  refused?: { kind: 'wrong' } | { kind: 'too-many'; retryAfterSeconds: number } | undefined
}

/** Asks for the password. */
export function passwordPage(
  { to, redirectOrigins, refused }: SignInPage,
  { staging }: PageTexts,
  product: string,
): Page {
  const lines = refused === undefined ? [staging.line(product)] : linesOf(refused, staging)
  return {
    ...pageOf(refused, staging),
    lines,
    form: {
      redirectOrigins,
      content: html`<form method="post" action="${SIGN_IN_PATH}"><input type="hidden" name="to" value="${to}">
<label>${staging.password}<input type="password" name="secret" required autofocus autocomplete="current-password"></label>
<button type="submit">${staging.link}</button></form>`,
    },
  }
}

interface HostSignIn {
  /** The host's token endpoint. */
  tokenUrl: string
  /** Its origin. */
  tokenOrigin: string
  /** Where people sign in to the host. */
  signInUrl: string | null
}

/** Asks the host's token endpoint who is signed in, as the wizard does, and sends the token here. */
export function hostSignInPage(
  { to, redirectOrigins, refused }: SignInPage,
  { tokenUrl, tokenOrigin, signInUrl }: HostSignIn,
  { staging }: PageTexts,
): Page {
  const lines = refused === undefined ? [staging.checking] : linesOf(refused, staging, staging.signedOut)
  const link = signInUrl === null ? '' : html`<a class="button" href="${signInUrl}">${staging.toApplication}</a>`
  return {
    ...pageOf(refused, staging),
    lines,
    form: {
      redirectOrigins,
      connectOrigin: tokenOrigin,
      // After a refusal, the same token would be refused again.
      script: refused === undefined ? fetchToken(tokenUrl) : undefined,
      content: html`<form method="post" action="${SIGN_IN_PATH}"><input type="hidden" name="to" value="${to}">
<input type="hidden" name="secret"></form><p role="alert" hidden data-because="signed-out">${staging.signedOut}</p>
<p role="alert" hidden data-because="unreachable">${staging.unreachable}</p>${link}
<a class="button" href="${`${SIGN_IN_PATH}?${new URLSearchParams({ to })}`}">${staging.again}</a>`,
    },
  }
}

function pageOf(refused: SignInPage['refused'], { title }: PageTexts['staging']) {
  if (refused === undefined) return { status: 200, title, tone: 'neutral' } as const
  if (refused.kind === 'wrong') return { status: 401, title, tone: 'bad' } as const
  return { status: 429, title, tone: 'bad', retryAfterSeconds: refused.retryAfterSeconds } as const
}

function linesOf(
  refused: NonNullable<SignInPage['refused']>,
  { wrong, tooMany, later }: PageTexts['staging'],
  instead = wrong,
): string[] {
  return refused.kind === 'wrong' ? [instead] : [tooMany, later(refused.retryAfterSeconds)]
}

/** Runs in the browser. */
function fetchToken(tokenUrl: string): string {
  const address = JSON.stringify(tokenUrl).replaceAll('<', '\\u003c')
  return `
const show = (because) => { document.querySelector('[data-because=' + because + ']').hidden = false }
fetch(${address}, { credentials: 'include', headers: { accept: 'application/json' } }).then(async (response) => {
  if (response.status === 401) return show('signed-out')
  if (!response.ok) return show('unreachable')
  document.forms[0].elements.secret.value = (await response.json()).token
  document.forms[0].submit()
}).catch(() => show('unreachable'))`
}
