import { createHash, randomBytes } from 'node:crypto'
import type { Sandbox, SandboxApp } from '../../src/sandbox/sandbox.js'
import { type Callback, type Choice, Person } from './person.js'

export const redirectUri = (app: string) => `http://client.example:4000/oauth/callback/${app}`

export interface Tokens {
  access_token: string
  refresh_token?: string
  id_token?: string
  scope?: string
  expires_in: number
}

export function appOf(sandbox: Sandbox, slug = 'acme-mail'): SandboxApp {
  const app = sandbox.apps.find((each) => each.slug === slug)
  if (!app) throw new Error(`The sandbox has no app ${slug}.`)
  return app
}

/** A simple OAuth client of one sandbox app. */
export class Client {
  readonly verifier = randomBytes(32).toString('base64url')
  readonly state = randomBytes(16).toString('base64url')

  constructor(readonly app: SandboxApp) {}

  authorizationUrl(parameters: Record<string, string> = {}): string {
    const url = new URL(`${this.app.issuer}/authorize`)
    const all = {
      response_type: 'code',
      client_id: this.app.clientId,
      redirect_uri: redirectUri(this.app.slug),
      scope: 'openid email profile offline_access mail.read mail.send',
      prompt: 'consent',
      state: this.state,
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...parameters,
    }
    for (const [name, value] of Object.entries(all)) if (value) url.searchParams.set(name, value)
    return url.href
  }

  token(parameters: Record<string, string>, init: RequestInit = {}): Promise<Response> {
    return this.post('token', parameters, init)
  }

  exchange({ callbackUrl, form }: Callback): Promise<Response> {
    const code = (form ?? new URL(callbackUrl).searchParams).get('code') ?? ''
    const redirect_uri = redirectUri(this.app.slug)
    return this.token({ grant_type: 'authorization_code', code, redirect_uri, code_verifier: this.verifier })
  }

  refresh(refreshToken: string | undefined): Promise<Response> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken ?? '' })
  }

  userinfo(accessToken: string): Promise<Response> {
    return fetch(`${this.app.issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } })
  }

  post(endpoint: string, parameters: Record<string, string>, init: RequestInit = {}): Promise<Response> {
    const basic = Buffer.from(`${this.app.clientId}:${this.app.clientSecret}`).toString('base64')
    const headers = { authorization: `Basic ${basic}` }
    return fetch(`${this.app.issuer}/${endpoint}`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(parameters),
      ...init,
    })
  }

  /** Lets a person consent, and returns the tokens. */
  async connect(choice: Partial<Choice> = {}, parameters: Record<string, string> = {}): Promise<Tokens> {
    const allowed = { account: 'ada-work', allow: true, ...choice }
    const callback = await new Person().consent(this.authorizationUrl(parameters), allowed)
    const response = await this.exchange(callback)
    if (!response.ok) throw new Error(await response.text())
    return (await response.json()) as Tokens
  }
}

/** Calls the control API the way its page does. */
export function control(sandbox: Sandbox, method: string, path: string, body?: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }
  return fetch(`${sandbox.url}/control/api${path}`, init)
}
