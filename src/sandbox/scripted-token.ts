import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AppState, ProtocolRequest } from './app-state.js'
import type { Behavior } from './behavior.js'
import type { HoldStage } from './gate.js'
import { EXTRA_VALUES } from './odd-answers.js'
import { acceptClientRequest } from './odd-requests.js'
import { peekBody } from './request-body.js'
import { failWith, isRecord, type Scripted, sendRetryAfter } from './scripted-request.js'
import { rewriteTokenResponse } from './token-forms.js'

const descriptions: Readonly<Record<Behavior['tokenErrorDescription'], object>> = {
  text: { error_description: 'The sandbox is scripted to return this error.' },
  html: { error_description: 'Ouch <script>alert(1)</script> <b>try later</b>' },
  number: { error_description: 4711 },
  null: { error_description: null },
  absent: {},
}

/** Handles the token endpoint, with its failures in the order that `Behavior` describes. */
export async function answerToken(request: Scripted): Promise<void> {
  const { ctx, state, work, record, gone } = request
  const text = await peekBody(ctx.req)
  const received = new URLSearchParams(text)
  if (ctx.req.destroyed) return hangUp(ctx, 'close', record(received))
  const form = acceptClientRequest(ctx, state, text, true)
  if (form === null) {
    record(received)
    return
  }
  const grantType = form.get('grant_type')
  const isTroubled = () => ['all', grantType].includes(state.behavior.tokenTroubleFor)
  const holdAt = async (stage: HoldStage, isScripted: boolean) => {
    if (isScripted && isTroubled()) await state.gate.hold({ stage, grantType }, gone)
  }

  await holdAt('before', state.behavior.holdTokenBefore)
  // Nothing was done for this client yet, and the response would reach no one.
  if (ctx.req.socket.destroyed) return hangUp(ctx, 'close', record(form))
  if (isTroubled()) {
    const how = state.behavior.tokenCutWhen === 'before' ? state.take('tokenCut') : null
    if (how !== null) return hangUp(ctx, how, record(form))
    if (fail(ctx, state)) {
      record(form)
      return
    }
  }
  await work()
  state.countGrant(grantType)
  if (state.behavior.addValues && isRecord(ctx.body) && 'access_token' in ctx.body) {
    Object.assign(ctx.body, EXTRA_VALUES.tokens(ctx.oidc.issuer))
  }
  if (state.behavior.omitScope && isRecord(ctx.body)) delete ctx.body.scope
  if (isTroubled()) rewriteTokenResponse(ctx, state.app.slug, state.behavior)
  const entry = record(form)

  // The work is done and only the response waits. A client that gives up now loses a code or a rotated token.
  const { slowMs } = state.behavior
  if (slowMs > 0) await state.gate.delay(slowMs, gone)
  await holdAt('after', state.behavior.holdToken)
  if (!isTroubled() || state.behavior.tokenCutWhen !== 'after') return
  const how = state.take('tokenCut')
  if (how !== null) hangUp(ctx, how, entry)
}

/** Responds with a scripted failure. Returns false if there is none. */
function fail(ctx: KoaContextWithOIDC, state: AppState): boolean {
  const status = state.take('tokenStatus')
  if (status !== null) {
    failWith(ctx, state, status)
    return true
  }
  const { tokenErrorStatus, tokenErrorDescription, tokenErrorChallenge } = state.behavior
  const error = state.take('tokenError')
  if (error === null) return false
  sendRetryAfter(ctx, state)
  if (tokenErrorChallenge) ctx.set('WWW-Authenticate', `Basic realm="${state.app.name}", error="${error}"`)
  ctx.set('Cache-Control', 'no-store')
  ctx.status = tokenErrorStatus
  ctx.body = { error, ...descriptions[tokenErrorDescription] }
  return true
}

/** Ends the request without a response, or with an empty one. */
function hangUp(ctx: KoaContextWithOIDC, how: NonNullable<Behavior['tokenCut']>, entry: ProtocolRequest): void {
  entry.status = how === 'empty' ? 200 : 0
  entry.error = `cut: ${how}`
  if (how === 'empty') {
    ctx.status = 200
    ctx.body = ''
    return
  }
  ctx.respond = false
  if (how === 'reset') ctx.req.socket.resetAndDestroy()
  else ctx.req.socket.destroy()
}
