import type { AuthorizationRecord } from '../../domain/authorization/authorization-record.js'
import type { Connector } from '../../domain/catalogue/catalogue.js'
import { FAILURES } from '../../domain/view/authorization-failures.js'
import type { Page } from './page.js'

const SUCCESS_CLOSES_AFTER_MS = 1_500
const FAILURE_CLOSES_AFTER_MS = 12_000

/** What the browser is told of an authorization, in words; in a popup the page closes itself. */
export function resultPage({ status, failureCode, display }: AuthorizationRecord, connector: Connector): Page {
  const page = describe(status, failureCode, connector)
  if (display !== 'POPUP') return page
  return { ...page, closesAfterMs: page.tone === 'bad' ? FAILURE_CLOSES_AFTER_MS : SUCCESS_CLOSES_AFTER_MS }
}

function describe(
  status: AuthorizationRecord['status'],
  failureCode: AuthorizationRecord['failureCode'],
  { name, signInUrl }: Connector,
): Page {
  if (failureCode) {
    const { message, hint } = FAILURES[failureCode]
    const title = status === 'DENIED' ? `${name} is not connected` : `${name} could not be connected`
    return { status: 200, title, lines: [message(name), hint(name, signInUrl)], tone: 'bad' }
  }
  switch (status) {
    case 'SUCCEEDED':
      return {
        status: 200,
        title: `${name} is connected`,
        lines: ['You can close this window and go on where you were.'],
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
        title: `${name} is connected already`,
        lines: ['Another window finished first.'],
        tone: 'good',
      }
    default:
      return {
        status: 200,
        title: `Connecting ${name}`,
        lines: ['The page you came from shows how it goes on.'],
        tone: 'neutral',
      }
  }
}

export const UNKNOWN_PAGE: Page = {
  status: 404,
  title: 'This link leads nowhere',
  lines: ['It is not known here, or no longer. Start again from the page you came from.'],
  tone: 'neutral',
}

export function wrongBrowserPage({ name }: Connector): Page {
  return {
    status: 403,
    title: 'Not started in this browser',
    lines: [
      `Connecting ${name} goes on only in the browser that started it. Nothing was connected.`,
      'If somebody sent you this link, do not go on: it would connect your account to theirs. To connect your own, start from your own page.',
    ],
    tone: 'bad',
  }
}

export function badCallbackPage(fault: string): Page {
  return {
    status: 400,
    title: 'The answer is not complete',
    lines: [`${fault} Nothing was connected. Start again from the page you came from.`],
    tone: 'bad',
  }
}

export function brokenPage(requestId: string): Page {
  return {
    status: 500,
    title: 'Something went wrong on our side',
    lines: ['Start again from the page you came from.', `If it stays, quote ${requestId} to an operator.`],
    tone: 'bad',
  }
}

/** Nothing was changed by the request, so the same one may succeed later. */
export const NOT_NOW_PAGE: Page = {
  status: 503,
  title: 'Not possible at this moment',
  lines: ['Nothing is lost. Load this page again in a minute.'],
  tone: 'neutral',
}
