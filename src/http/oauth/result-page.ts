import type { AuthorizationRecord } from '../../domain/authorization/authorization-record.js'
import { returnsToHost } from '../../domain/authorization/return-to.js'
import type { Connector } from '../../domain/catalogue/catalogue.js'
import { choicePath } from '../../domain/oauth-urls.js'
import type { AccountChoice } from '../../domain/ports/oauth-client.js'
import { FAILURES } from '../../domain/view/authorization-failures.js'
import type { Page } from './page.js'

const SUCCESS_CLOSES_AFTER_MS = 1_500
const FAILURE_CLOSES_AFTER_MS = 12_000

/** With the binding CONFIRM, any browser may come here, so the page says nothing about the authorization. */
const CONTINUE_PAGE: Page = {
  status: 200,
  title: 'Continue in your application',
  lines: ['The page you came from shows how it ended.'],
  tone: 'neutral',
}

/** Tells the person how an authorization ended. In a popup, the page closes itself. */
export function resultPage(authorization: AuthorizationRecord, connector: Connector): Page {
  const { status, failureCode, display, binding } = authorization
  if (binding === 'CONFIRM') return CONTINUE_PAGE
  const page = describe(status, failureCode, connector)
  if (display !== 'POPUP') return page
  return { ...page, closesAfterMs: failureCode ? FAILURE_CLOSES_AFTER_MS : SUCCESS_CLOSES_AFTER_MS }
}

/**
 * Lets the person choose one of several accounts.
 * @param isUnknown whether what they chose isn't one of them
 */
export function choicePage(
  { id, display, binding, returnTo }: AuthorizationRecord,
  { name }: Connector,
  choices: readonly AccountChoice[],
  { isUnknown = false } = {},
): Page {
  const lines = ['Your access is for several. Choose one now. You can connect the others later.']
  const goesBack = returnsToHost({ display, binding }) && returnTo !== null
  const redirectOrigin = goesBack ? new URL(returnTo).origin : undefined
  return {
    status: isUnknown ? 400 : 200,
    title: `What do you want to connect in ${name}?`,
    lines: isUnknown ? ['This isn’t one of your choices. Choose one of these.'] : lines,
    tone: 'neutral',
    choice: { action: choicePath(id), choices, redirectOrigin },
  }
}

function describe(
  status: AuthorizationRecord['status'],
  failureCode: AuthorizationRecord['failureCode'],
  { name }: Connector,
): Page {
  if (failureCode) {
    const { message, hint } = FAILURES[failureCode]
    const title = status === 'DENIED' ? `${name} isn’t connected` : `${name} couldn’t be connected`
    return { status: 200, title, lines: [message(name), hint(name)], tone: status === 'DENIED' ? 'neutral' : 'bad' }
  }
  switch (status) {
    case 'SUCCEEDED':
      return {
        status: 200,
        title: `${name} is connected`,
        lines: ['You can close this window.'],
        tone: 'good',
      }
    case 'CANCELED':
      return {
        status: 200,
        title: `Connecting ${name} was canceled`,
        lines: ['Start again from the page you came from.'],
        tone: 'neutral',
      }
    case 'SUPERSEDED':
      return {
        status: 200,
        title: `${name} is already connected`,
        lines: ['It was connected in another window.'],
        tone: 'good',
      }
    default:
      return {
        status: 200,
        title: `Connecting ${name}`,
        lines: ['Continue on the page you came from.'],
        tone: 'neutral',
      }
  }
}

export const UNKNOWN_PAGE: Page = {
  status: 404,
  title: 'Link not found',
  lines: ['This link is invalid or has expired. Start again from the page you came from.'],
  tone: 'neutral',
}

/** Too many visits from the same address were to pages that don't exist, as this one. */
export function tooManyUnknownPage(retryAfterSeconds: number): Page {
  return {
    status: 429,
    title: 'Too many invalid links',
    lines: [
      'This link is invalid or has expired, and so were many others that were opened from your network.',
      'Start again from the page you came from. A new link works.',
    ],
    tone: 'neutral',
    retryAfterSeconds,
  }
}

export function wrongBrowserPage({ name }: Connector): Page {
  return {
    status: 403,
    title: 'This was started in another browser',
    lines: [
      `${name} can only be connected in the browser where you started. Nothing was connected.`,
      'If someone sent you this link, don’t use it: it would connect your account to theirs. To connect your own account, start from your own page.',
    ],
    tone: 'bad',
  }
}

export function badCallbackPage(fault: string): Page {
  return {
    status: 400,
    title: 'Incomplete response',
    lines: [`${fault} Nothing was connected. Start again from the page you came from.`],
    tone: 'bad',
  }
}

export function brokenPage(requestId: string): Page {
  return {
    status: 500,
    title: 'Something went wrong on our side',
    lines: [
      'Start again from the page you came from.',
      `If the problem persists, contact support and quote ${requestId}.`,
    ],
    tone: 'bad',
  }
}

/** The request changed nothing, so the same one may succeed later. */
export const NOT_NOW_PAGE: Page = {
  status: 503,
  title: 'Temporarily unavailable',
  lines: ['Nothing is lost. Reload this page in a minute.'],
  tone: 'neutral',
}
