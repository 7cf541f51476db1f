import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AppState } from './app-state.js'
import type { AppDefinition } from './apps.js'
import type { Behavior } from './behavior.js'
import { isRecord } from './scripted-request.js'

/** The key that clients sign with if the app wants private_key_jwt. It is new whenever the sandbox starts. */
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** Returns the private key as PKCS #8 in PEM. It belongs to a pretend client, so the control API shows it. */
export function clientPrivateKey(): string {
  return String(keys.privateKey.export({ type: 'pkcs8', format: 'pem' }))
}

/** What is wrong with a request, as the app's error says it. */
interface Refusal {
  status: 400 | 401
  error: 'invalid_request' | 'invalid_client'
  error_description: string
}

/**
 * Accepts requests to the token and revocation endpoints only as the script wants them, and turns them into those of the
 * standard. Refuses all others.
 * @returns the form, or null if the request was refused
 */
export function acceptClientRequest(
  ctx: KoaContextWithOIDC,
  { app, behavior }: AppState,
  text: string,
  isTokenRequest: boolean,
): URLSearchParams | null {
  const { clientAuthentication, tokenRequestForm } = behavior
  const form = new URLSearchParams(text)
  if (clientAuthentication === null && tokenRequestForm === null) return form
  const read = tokenRequestForm === 'json' && isTokenRequest ? fromJson(ctx, text) : form
  const named = tokenRequestForm === 'client_key' && !('error' in read) ? withClientId(read) : read
  const accepted =
    clientAuthentication === null || 'error' in named
      ? named
      : authenticated(ctx, app, named, CLIENTS[clientAuthentication])
  if ('error' in accepted) {
    const { status, ...body } = accepted
    ctx.status = status
    ctx.body = body
    return null
  }
  replaceBody(ctx.req, accepted)
  return accepted
}

/** Does the same for the authorization endpoint, which only names the client. */
export function acceptClientName(ctx: KoaContextWithOIDC, { behavior }: AppState): void {
  if (behavior.tokenRequestForm !== 'client_key') return
  const { client_key: id, client_id: _, ...query } = ctx.query
  const request: IncomingMessage & { originalUrl?: string } = ctx.req
  const mountPath = request.originalUrl?.slice(0, -(request.url?.length ?? 0)) ?? ''
  ctx.query = { ...query, ...(typeof id === 'string' && { client_id: id }) }
  request.originalUrl = `${mountPath}${request.url}`
}

function fromJson(ctx: KoaContextWithOIDC, text: string): URLSearchParams | Refusal {
  const refusal = refuse('invalid_request', 'The body must be a JSON object.')
  if (!ctx.is('application/json')) return refusal
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? new URLSearchParams(Object.entries(value).map(([name, one]) => [name, `${one}`])) : refusal
  } catch {
    return refusal
  }
}

function withClientId(form: URLSearchParams): URLSearchParams | Refusal {
  if (form.has('client_id')) return refuse('invalid_request', 'client_id is unknown. Send client_key.')
  const renamed = new URLSearchParams(form)
  renamed.delete('client_key')
  const id = form.get('client_key')
  if (id !== null) renamed.set('client_id', id)
  return renamed
}

type Check = (app: AppDefinition, authorization: string, form: URLSearchParams) => boolean

const CLIENTS: Readonly<Record<NonNullable<Behavior['clientAuthentication']>, Check>> = {
  basic_raw: ({ clientId, clientSecret }, authorization) => authorization === basic(`${clientId}:${clientSecret}`),
  secret_as_username: ({ clientSecret }, authorization) => authorization === basic(`${clientSecret}:`),
  none: ({ clientId }, authorization, form) =>
    authorization === '' && !form.has('client_secret') && form.get('client_id') === clientId,
  private_key_jwt: ({ clientId }, authorization, form) =>
    authorization === '' && isSigned(form.get('client_assertion') ?? '', clientId),
}

function authenticated(
  ctx: KoaContextWithOIDC,
  app: AppDefinition,
  form: URLSearchParams,
  isRight: Check,
): URLSearchParams | Refusal {
  const { headers } = ctx.req
  if (!isRight(app, headers.authorization ?? '', form)) {
    return refuse('invalid_client', 'The client did not identify itself as this app wants it.', 401)
  }
  const standard = new URLSearchParams(form)
  for (const name of ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type']) standard.delete(name)
  headers.authorization = basic(`${encodeURIComponent(app.clientId)}:${encodeURIComponent(app.clientSecret)}`)
  return standard
}

/** Returns whether an assertion is signed with the client's key and about it (RFC 7523 §3). */
function isSigned(assertion: string, clientId: string): boolean {
  const [header = '', payload = '', signature = ''] = assertion.split('.')
  const key = { key: createPublicKey(keys.privateKey), dsaEncoding: 'ieee-p1363' } as const
  const isOurs = verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))
  if (!isOurs) return false
  const { iss, sub, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return iss === clientId && sub === clientId && exp * 1000 > Date.now()
}

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`
}

function refuse(error: Refusal['error'], error_description: string, status: Refusal['status'] = 400): Refusal {
  return { status, error, error_description }
}

/** Puts another form in place of a body that was read and put back. */
function replaceBody(request: IncomingMessage, form: URLSearchParams): void {
  while (request.read() !== null);
  const body = Buffer.from(form.toString())
  request.unshift(body)
  request.headers['content-length'] = String(body.length)
  request.headers['content-type'] = 'application/x-www-form-urlencoded'
  delete request.headers['transfer-encoding']
}
