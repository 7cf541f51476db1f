import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AppState } from './app-state.js'
import type { AppDefinition } from './apps.js'
import type { Behavior } from './behavior.js'
import { acceptIdentityCall, rewriteAccount } from './odd-answers.js'
import { peekBody } from './request-body.js'
import { failWith, isRecord, type Scripted, sendRetryAfter } from './scripted-request.js'

type Answer = Exclude<NonNullable<Behavior['userinfoAnswer']>, 'another_account'>

/** Handles the userinfo endpoint, which works normally, fails, or gives a wrong response. */
export async function answerUserinfo({ ctx, state, work, record, gone }: Scripted): Promise<void> {
  const needs = state.behavior.identityNeeds
  if (!acceptIdentityCall(ctx, state, needs === null ? '' : await peekBody(ctx.req))) {
    record()
    return
  }
  const status = state.take('userinfoStatus')
  const answer = status === null ? state.take('userinfoAnswer') : null
  if (status !== null) failWith(ctx, state, status)
  else if (answer !== null && answer !== 'another_account') refuse(ctx, state, answer)
  else {
    await work()
    if (answer === 'another_account' && isRecord(ctx.body)) ctx.body = claimsOfAnother(state.app, ctx.body)
    rewriteAccount(ctx, state)
  }
  record()
  const { slowMs } = state.behavior
  if (slowMs > 0) await state.gate.delay(slowMs, gone)
}

/** Sends an error of RFC 6750 section 3.1, a rate limit or Slack's `ok: false`. */
function refuse(ctx: KoaContextWithOIDC, state: AppState, answer: Answer): void {
  if (answer === 'ok_false') {
    ctx.status = 200
    ctx.body = { ok: false, error: state.behavior.userinfoErrorCode }
    return
  }
  if (answer === 'rate_limited') sendRetryAfter(ctx, state)
  else ctx.set('WWW-Authenticate', `Bearer realm="${state.app.name}", error="${answer}"`)
  ctx.status = { invalid_token: 401, insufficient_scope: 403, rate_limited: 429 }[answer]
  ctx.body = { error: answer }
}

/** Returns the same claims for another account. An error has none of them, so it stays as it is. */
function claimsOfAnother({ accounts }: AppDefinition, claims: Record<string, unknown>): Record<string, unknown> {
  const other = accounts.find((account) => account.id !== claims.sub)
  if (!other) return claims
  const { id, email, name } = other
  const theirs = Object.entries({ sub: id, email, name }).filter(([claim]) => claim in claims)
  return { ...claims, ...Object.fromEntries(theirs) }
}
