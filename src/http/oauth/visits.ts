import { randomUUID } from 'node:crypto'
import type { AuthorizationRecord } from '../../domain/authorization/authorization-record.js'
import type { CompleteAuthorizationDeps } from '../../domain/authorization/complete-authorization.js'
import { leadsToNativeApp } from '../../domain/authorization/native-return.js'
import { openAuthorization } from '../../domain/authorization/open-authorization.js'
import { readResult } from '../../domain/authorization/read-result.js'
import { receiveCallback } from '../../domain/authorization/receive-callback.js'
import { receiveChoice } from '../../domain/authorization/receive-choice.js'
import { type ReturnParameters, returnAddress, returnsToHost } from '../../domain/authorization/return-to.js'
import { withheldPermissions } from '../../domain/authorization/withheld-permissions.js'
import type { Connector } from '../../domain/catalogue/catalogue.js'
import { globalId } from '../../domain/global-id.js'
import { connectPath, resultPath } from '../../domain/oauth-urls.js'
import { VaultError } from '../../domain/ports/vault.js'
import { currentRequest } from '../../observability/request-scope.js'
import type { ServerTelemetry } from '../../observability/telemetry.js'
import { visitorOf } from './browser-channel.js'
import { callbackFault } from './callback-parameters.js'
import { type Render, type Reply, redirectTo } from './page.js'
import {
  badCallbackPage,
  brokenPage,
  choicePage,
  nativeAppHandledPage,
  notNowPage,
  resultPage,
  toNativeAppPage,
  wrongBrowserPage,
} from './result-page.js'
import type { UnknownPages } from './unknown-pages.js'

/** A browser that visits a page. */
export interface Visitor {
  /** Its `Cookie` header. */
  cookies: string | undefined
  /** Returns the address that it comes from. */
  address(): string
  /** Renders a page in the language of the person. */
  render: Render
}

/** What browsers get when they visit the OAuth pages, however the requests arrive. */
export interface Visits {
  /** The start page sends the browser to the consent screen. */
  connect(authorizationId: string, visitor: Visitor): Promise<Reply>
  /** The person chose one of several accounts on the start page. */
  choose(authorizationId: string, choiceId: string, visitor: Visitor): Promise<Reply>
  /** The page that shows how an authorization ended. */
  result(authorizationId: string, visitor: Visitor): Promise<Reply>
  /** The browser comes back from the consent screen. */
  callback(connectorSlug: string, parameters: URLSearchParams, visitor: Visitor): Promise<Reply>
  /** Reports an unexpected error, and says so to the person. */
  failed(error: unknown, visitor: Visitor): Reply
}

/** An authorization, and what it's for. */
interface Known {
  authorization: AuthorizationRecord
  connector: Connector
}

interface VisitsOptions {
  deps: CompleteAuthorizationDeps
  unknownPages: UnknownPages
  telemetry: ServerTelemetry
}

export function createVisits({ deps, unknownPages, telemetry }: VisitsOptions): Visits {
  const { returnOrigins } = deps.settings

  function afterEnd({ authorization, connector }: Known, visitor: Visitor): Reply {
    if (!returnsToHost(authorization)) return redirectTo(resultPath(authorization.id))
    return backToHost({ authorization, connector }, { status: authorization.status.toLowerCase() }, visitor)
  }

  async function showResult({ authorization, connector }: Known, visitor: Visitor): Promise<Reply> {
    const withheld = await withheldPermissions(deps, authorization, connector)
    return visitor.render((texts) => resultPage(authorization, connector, withheld, texts))
  }

  async function showHandled({ authorization, connector }: Known, visitor: Visitor): Promise<Reply> {
    const withheld = await withheldPermissions(deps, authorization, connector)
    return visitor.render((texts) => {
      const { title, ...page } = resultPage(authorization, connector, withheld, texts)
      return { ...page, status: 409, title: texts.handled(title) }
    })
  }

  /** returnTo was checked when the authorization started. The added parameters don't change where it leads. */
  function backToHost(
    { authorization, connector }: Known,
    facts: Omit<ReturnParameters, 'authorization'>,
    visitor: Visitor,
  ): Reply {
    const { id, returnTo } = authorization
    if (returnTo === null) return redirectTo(resultPath(id))
    const isNative = leadsToNativeApp(returnTo, returnOrigins)
    const address = returnAddress(returnTo, { authorization: globalId('Authorization', id), ...facts }, { isNative })
    if (!isNative) return redirectTo(address)
    return visitor.render((texts) => toNativeAppPage(address, authorization, connector, texts))
  }

  function isAwaitedByNativeApp({ binding, returnTo }: AuthorizationRecord): boolean {
    return binding === 'CONFIRM' && returnTo !== null && leadsToNativeApp(returnTo, returnOrigins)
  }

  return {
    async connect(id, visitor) {
      const refusal = await unknownPages.refusalOfId(id, visitor)
      if (refusal) return refusal
      telemetry.authorizationConcerned(id)
      const opening = await openAuthorization(deps, id, visitorOf(visitor.cookies))
      if (opening.kind === 'unknown') return await unknownPages.answer(visitor)
      if (opening.kind === 'wrong-browser') return visitor.render((texts) => wrongBrowserPage(opening.connector, texts))
      if (opening.kind === 'consent') return redirectTo(opening.url.href)
      if (opening.kind === 'choice') {
        const { authorization, connector, choices } = opening
        return visitor.render((texts) => choicePage(authorization, connector, { choices, returnOrigins }, texts))
      }
      return await showResult(opening, visitor)
    },

    async choose(id, choiceId, visitor) {
      const refusal = await unknownPages.refusalOfId(id, visitor)
      if (refusal) return refusal
      const outcome = await receiveChoice(deps, id, choiceId, visitorOf(visitor.cookies))
      switch (outcome.kind) {
        case 'unknown':
          return await unknownPages.answer(visitor)
        case 'wrong-browser':
          return visitor.render((texts) => wrongBrowserPage(outcome.connector, texts))
        case 'unknown-choice': {
          const { authorization, connector, choices } = outcome
          return visitor.render((texts) =>
            choicePage(authorization, connector, { choices, returnOrigins, isUnknown: true }, texts),
          )
        }
        case 'status':
          return await showResult(outcome, visitor)
        case 'ended':
          return afterEnd(outcome, visitor)
      }
    },

    async result(id, visitor) {
      const refusal = await unknownPages.refusalOfId(id, visitor)
      if (refusal) return refusal
      telemetry.authorizationConcerned(id)
      const result = await readResult(deps, id, visitorOf(visitor.cookies))
      if (result.kind === 'unknown') return await unknownPages.answer(visitor)
      if (result.kind === 'wrong-browser') return visitor.render((texts) => wrongBrowserPage(result.connector, texts))
      return await showResult(result, visitor)
    },

    async callback(slug, parameters, visitor) {
      const fault = callbackFault(parameters)
      if (fault) return visitor.render((texts) => badCallbackPage(fault, texts))
      const refusal = await unknownPages.refusalOfState(parameters.get('state'), visitor)
      if (refusal) return refusal
      const outcome = await receiveCallback(deps, slug, parameters, visitorOf(visitor.cookies))
      telemetry.callbackReceived(outcome.kind === 'unknown' ? 'unknown' : slug, outcome.kind)
      switch (outcome.kind) {
        case 'unknown':
          return await unknownPages.answer(visitor)
        case 'wrong-browser':
          return visitor.render((texts) => wrongBrowserPage(outcome.connector, texts))
        case 'awaiting-choice':
          return redirectTo(connectPath(outcome.authorization.id))
        case 'handled': {
          // The person went back to this address, or loaded it again.
          if (outcome.authorization.status === 'AWAITING_CHOICE')
            return redirectTo(connectPath(outcome.authorization.id))
          if (isAwaitedByNativeApp(outcome.authorization)) return visitor.render(nativeAppHandledPage)
          return await showHandled(outcome, visitor)
        }
        case 'awaiting-confirmation':
          return backToHost(outcome, { confirmation: outcome.code }, visitor)
        case 'ended':
          return afterEnd(outcome, visitor)
      }
    },

    failed(error, visitor) {
      const requestId = currentRequest()?.requestId ?? randomUUID()
      telemetry.requestFailed(requestId, error)
      const isShort = error instanceof VaultError && error.retryable
      return visitor.render(isShort ? notNowPage : (texts) => brokenPage(requestId, texts))
    },
  }
}
