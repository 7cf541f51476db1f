import type { AuthorizationRecord } from '../../domain/authorization/authorization-record.js'
import { nativeAppOf } from '../../domain/authorization/native-return.js'
import { redirectOriginOf, returnsToHost } from '../../domain/authorization/return-to.js'
import type { Connector } from '../../domain/catalogue/catalogue.js'
import type { Permission } from '../../domain/catalogue/permissions.js'
import { choicePath } from '../../domain/oauth-urls.js'
import type { AccountChoice } from '../../domain/ports/oauth-client.js'
import { type FailureTone, failureTone } from '../../languages/failures/failure-tone.js'
import type { PageTexts } from '../../languages/pages/en.js'
import { iconPath } from '../icons/paths.js'
import type { CallbackFault } from './callback-parameters.js'
import type { Page } from './page.js'

const SUCCESS_CLOSES_AFTER_MS = 1_500
/** Long enough to read what's wrong. */
const TROUBLE_CLOSES_AFTER_MS = 12_000

/**
 * Tells the person how an authorization ended. In a popup, the page closes itself.
 * @param withheld permissions that are missing although it succeeded
 */
export function resultPage(
  authorization: AuthorizationRecord,
  connector: Connector,
  withheld: readonly Permission[],
  texts: PageTexts,
): Page {
  const { display, binding, failureCode } = authorization
  if (binding === 'CONFIRM') return continuePage(texts)
  const isIncomplete = withheld.length > 0
  const page = isIncomplete ? incompletePage(connector, withheld, texts) : describe(authorization, connector, texts)
  if (display !== 'POPUP') return page
  return { ...page, closesAfterMs: failureCode || isIncomplete ? TROUBLE_CLOSES_AFTER_MS : SUCCESS_CLOSES_AFTER_MS }
}

function incompletePage(
  { name }: Connector,
  withheld: readonly Permission[],
  { incomplete: { title, line } }: PageTexts,
): Page {
  const items = withheld.map(({ scope, description }) => description ?? scope)
  return { status: 200, title: title(name), lines: [line], items, tone: 'neutral' }
}

/** With the binding CONFIRM, any browser may come here, so the page says nothing about the authorization. */
function continuePage({ elsewhere: { title, line } }: PageTexts): Page {
  return { status: 200, title, lines: [line], tone: 'neutral' }
}

/**
 * Asks the person before the result goes to a native app. Browsers open apps only after a click, and the person sees
 * which one it is. If it failed, the page says so, because this browser has just brought the app's refusal. Otherwise it says
 * nothing about the authorization, like every page of the binding CONFIRM.
 * @param address where the app gets the result
 */
export function toNativeAppPage(
  address: string,
  authorization: AuthorizationRecord,
  connector: Connector,
  texts: PageTexts,
): Page {
  const { title, line, hint, link } = texts.nativeApp
  const page: Page = authorization.failureCode
    ? describe(authorization, connector, texts)
    : { status: 200, title, lines: [], tone: 'neutral' }
  const lines = [...page.lines, line(nativeAppOf(address)), hint]
  return { ...page, lines, link: { href: address, text: link } }
}

/** What the page before says when it is loaded again: its code was for one visit. */
export function nativeAppHandledPage({ nativeApp: { handledTitle, handledLine } }: PageTexts): Page {
  return { status: 409, title: handledTitle, lines: [handledLine], tone: 'neutral' }
}

interface ChoicePageOptions {
  choices: readonly AccountChoice[]
  /** The origins that an authorization may redirect to. */
  returnOrigins: ReadonlySet<string>
  /** Whether what they chose isn't one of them. */
  isUnknown?: boolean
}

/** Lets the person choose one of several accounts. */
export function choicePage(
  { id, display, binding, returnTo }: Pick<AuthorizationRecord, 'id' | 'display' | 'binding' | 'returnTo'>,
  { slug, name, iconUrl }: Pick<Connector, 'slug' | 'name' | 'iconUrl'>,
  { choices, returnOrigins, isUnknown = false }: ChoicePageOptions,
  { choice: { title, line, unknown } }: PageTexts,
): Page {
  const goesBack = returnsToHost({ display, binding }) && returnTo !== null
  const redirectOrigin = goesBack ? redirectOriginOf(returnTo, returnOrigins) : undefined
  return {
    status: isUnknown ? 400 : 200,
    title: title(name),
    lines: [isUnknown ? unknown : line(name)],
    tone: 'neutral',
    picture: iconUrl === null ? undefined : iconPath('connectors', slug),
    choice: { action: choicePath(id), choices, redirectOrigin },
  }
}

const TONES = { calm: 'neutral', warn: 'warn', bad: 'bad' } satisfies Record<FailureTone, Page['tone']>

function describe(
  {
    status,
    failureCode,
    targetConnectionId,
  }: Pick<AuthorizationRecord, 'status' | 'failureCode' | 'targetConnectionId'>,
  { name }: Connector,
  texts: PageTexts,
): Page {
  if (failureCode) {
    const { message, hint } = texts.failure[failureCode]
    const lines = [message(name), hint(name)]
    const failed = targetConnectionId === null ? texts.failed(name) : texts.unrepaired(name)
    const title = status === 'DENIED' ? texts.denied(name) : failed
    return { status: 200, title, lines, tone: TONES[failureTone(failureCode)] }
  }
  const ended = ({ title, line }: PageTexts['connected'], tone: Page['tone']): Page => ({
    status: 200,
    title: title(name),
    lines: [line],
    tone,
  })
  switch (status) {
    case 'SUCCEEDED':
      return ended(texts.connected, 'good')
    case 'CANCELED':
      return ended(texts.canceled, 'neutral')
    case 'SUPERSEDED':
      return ended(texts.superseded, 'good')
    default:
      return ended(texts.open, 'neutral')
  }
}

export function unknownPage({ unknown: { title, line } }: PageTexts): Page {
  return { status: 404, title, lines: [line], tone: 'neutral' }
}

/** Too many visits from the same address were to pages that don't exist, as this one. */
export function tooManyUnknownPage(
  retryAfterSeconds: number,
  { tooManyUnknown: { title, line, hint } }: PageTexts,
): Page {
  return { status: 429, title, lines: [line, hint], tone: 'neutral', retryAfterSeconds }
}

export function wrongBrowserPage({ name }: Connector, { wrongBrowser: { title, line, hint } }: PageTexts): Page {
  return { status: 403, title, lines: [line(name), hint], tone: 'bad' }
}

export function badCallbackPage(fault: CallbackFault, { badCallback }: PageTexts): Page {
  const { title, hint } = badCallback
  return { status: 400, title, lines: [`${badCallback.fault[fault]} ${hint}`], tone: 'bad' }
}

export function brokenPage(requestId: string, { broken: { title, line, hint } }: PageTexts): Page {
  return { status: 500, title, lines: [line, hint(requestId)], tone: 'bad' }
}

/** The request changed nothing, so the same one may succeed later. */
export function notNowPage({ notNow: { title, line } }: PageTexts): Page {
  return { status: 503, title, lines: [line], tone: 'neutral' }
}
