import { randomBytes } from 'node:crypto'
import type { AppDefinition } from './apps.js'
import { type Behaviour, type BehaviourPatch, behaviourPatch, calm, timesOf } from './behaviour.js'
import { Gate } from './gate.js'
import { Records, type StoredRecord } from './records.js'

/** What survives a restart. */
export interface SavedApp {
  cookieSecret: string
  behaviour: Record<string, unknown>
  records: StoredRecord[]
}

/** One request to a protocol endpoint, without secrets. */
export interface ProtocolRequest {
  at: string
  endpoint: Endpoint
  method: string
  parameters: Record<string, string>
  /** 0: the connection ended without an answer */
  status: number
  error?: string
}

export type Endpoint = 'authorize' | 'token' | 'userinfo' | 'revoke' | 'introspect' | 'resource'

const REQUESTS_KEPT = 100

const zero = {
  authorizationRequests: 0,
  tokenRequests: 0,
  /** token requests that were worked on, by grant type: those that met a scripted failure before are not among them */
  codeExchanges: 0,
  refreshes: 0,
  /** refreshes that presented a refresh token which was used up already, also where a grace let it pass */
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

/** Everything that changes about one app while the sandbox runs. */
export class AppState {
  readonly gate = new Gate()
  readonly records: Records
  /** signs the app's cookies */
  readonly cookieSecret: string
  counters: Counters = { ...zero }
  requests: ProtocolRequest[] = []
  #behaviour: Behaviour

  constructor(
    readonly app: AppDefinition,
    saved: SavedApp | undefined,
    readonly changed: () => void,
  ) {
    this.cookieSecret = saved?.cookieSecret ?? randomBytes(32).toString('base64url')
    this.records = new Records(saved?.records ?? [], changed)
    const parsed = behaviourPatch(app.scopes.map((scope) => scope.name)).safeParse(saved?.behaviour ?? {})
    this.#behaviour = merge(calm, parsed.success ? parsed.data : {})
  }

  get behaviour(): Readonly<Behaviour> {
    return this.#behaviour
  }

  script(patch: BehaviourPatch): void {
    this.#behaviour = merge(this.#behaviour, patch)
    if (!this.#behaviour.holdTokenBefore) this.gate.release('before')
    if (!this.#behaviour.holdToken) this.gate.release('after')
    this.changed()
  }

  /** Healthy again, nothing held, nothing counted. Grants and sign-ins stay. */
  reset(): void {
    this.counters = { ...zero }
    this.requests = []
    this.script(calm)
  }

  /** True when the script decides what happens at consent, so that an earlier consent must not be reused silently. */
  get consentIsScripted(): boolean {
    const { deny, authorizationError, dropScopes } = this.#behaviour
    return deny || authorizationError !== null || dropScopes.length > 0
  }

  /** What has to go wrong now, counted down; null when nothing has. */
  take<Name extends keyof typeof timesOf>(name: Name): Behaviour[Name] {
    const trouble = this.#behaviour[name]
    const counter = timesOf[name]
    const times = this.#behaviour[counter]
    if (trouble !== null && times !== null) {
      this.script(times > 1 ? { [counter]: times - 1 } : { [name]: null, [counter]: null })
    }
    return trouble
  }

  count(endpoint: Endpoint): void {
    this.counters[counterOf[endpoint]]++
  }

  /** A token request whose work is done. */
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
    return { cookieSecret: this.cookieSecret, behaviour: { ...this.#behaviour }, records: this.records.snapshot() }
  }
}

function merge(behaviour: Behaviour, patch: BehaviourPatch): Behaviour {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  return { ...behaviour, ...given }
}
