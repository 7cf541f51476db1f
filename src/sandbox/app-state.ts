import { createHmac, randomBytes } from 'node:crypto'
import type { AppDefinition } from './apps.js'
import { type Behavior, type BehaviorPatch, behaviorPatch, calm, timesOf } from './behavior.js'
import { Gate } from './gate.js'
import { Records, type StoredRecord } from './records.js'

/** The state of one app that survives a restart. */
export interface SavedApp {
  cookieSecret: string
  /** spelled the British way, as in existing state files */
  behaviour: Record<string, unknown>
  records: StoredRecord[]
}

/** One request to a protocol endpoint, with its secrets removed. */
export interface ProtocolRequest {
  at: string
  endpoint: Endpoint
  method: string
  parameters: Record<string, string>
  /** 0 if the connection ended without a response */
  status: number
  error?: string
}

export type Endpoint = 'authorize' | 'token' | 'userinfo' | 'revoke' | 'introspect' | 'resource'

const REQUESTS_KEPT = 100

const zero = {
  authorizationRequests: 0,
  tokenRequests: 0,
  /** token requests that were processed, by grant type; requests that ran into a scripted failure first don't count */
  codeExchanges: 0,
  refreshes: 0,
  /** refreshes with a refresh token that was already used, even if a grace period allowed it */
  reuses: 0,
  userinfoRequests: 0,
  revocations: 0,
  introspections: 0,
  resourceRequests: 0,
}

export type Counters = typeof zero

const counterOf: Record<Endpoint, keyof Counters> = {
  authorize: 'authorizationRequests',
  token: 'tokenRequests',
  userinfo: 'userinfoRequests',
  revoke: 'revocations',
  introspect: 'introspections',
  resource: 'resourceRequests',
}

/** The state of one app that changes while the sandbox runs. */
export class AppState {
  readonly gate = new Gate()
  readonly records: Records
  /** signs the app's cookies */
  readonly cookieSecret: string
  counters: Counters = { ...zero }
  requests: ProtocolRequest[] = []
  readonly app: AppDefinition
  #behavior: Behavior

  constructor(
    app: AppDefinition,
    saved: SavedApp | undefined,
    readonly changed: () => void,
    ownSecret = false,
  ) {
    this.cookieSecret = saved?.cookieSecret ?? randomBytes(32).toString('base64url')
    this.app = ownSecret ? { ...app, clientSecret: derivedFrom(this.cookieSecret) } : app
    this.records = new Records(saved?.records ?? [], changed)
    const parsed = behaviorPatch(app.scopes.map((scope) => scope.name)).safeParse(saved?.behaviour ?? {})
    this.#behavior = merge(calm, parsed.success ? parsed.data : {})
  }

  get behavior(): Readonly<Behavior> {
    return this.#behavior
  }

  script(patch: BehaviorPatch): void {
    this.#behavior = merge(this.#behavior, patch)
    if (!this.#behavior.holdTokenBefore) this.gate.release('before')
    if (!this.#behavior.holdToken) this.gate.release('after')
    this.changed()
  }

  /** Makes the app healthy again, releases held requests and clears the counters. Grants and sign-ins stay. */
  reset(): void {
    this.counters = { ...zero }
    this.requests = []
    this.script(calm)
  }

  /** True if the script decides what happens at consent. An earlier consent must not be reused silently then. */
  get consentIsScripted(): boolean {
    const { deny, authorizationError, dropScopes } = this.#behavior
    return deny || authorizationError !== null || dropScopes.length > 0
  }

  /** Returns what has to go wrong now and counts it down, or null if nothing has to. */
  take<Name extends keyof typeof timesOf>(name: Name): Behavior[Name] {
    const trouble = this.#behavior[name]
    const counter = timesOf[name]
    const times = this.#behavior[counter]
    if (trouble !== null && times !== null) {
      this.script(times > 1 ? { [counter]: times - 1 } : { [name]: null, [counter]: null })
    }
    return trouble
  }

  count(endpoint: Endpoint): void {
    this.counters[counterOf[endpoint]]++
  }

  /** Counts a token request that was processed. */
  countGrant(grantType: string | null): void {
    if (grantType === 'authorization_code') this.counters.codeExchanges++
    if (grantType === 'refresh_token') this.counters.refreshes++
  }

  countReuse(): void {
    this.counters.reuses++
  }

  record(request: ProtocolRequest): void {
    this.requests = [request, ...this.requests].slice(0, REQUESTS_KEPT)
  }

  save(): SavedApp {
    return { cookieSecret: this.cookieSecret, behaviour: { ...this.#behavior }, records: this.records.snapshot() }
  }
}

/** Returns a client secret that is as random as the other one, and the same after a restart. */
function derivedFrom(secret: string): string {
  return createHmac('sha256', secret).update('client secret').digest('base64url')
}

function merge(behavior: Behavior, patch: BehaviorPatch): Behavior {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  return { ...behavior, ...given }
}
