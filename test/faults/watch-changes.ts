import { setTimeout as after } from 'node:timers/promises'
import { expect } from 'vitest'
import { connectorId } from '../support/patchbay.js'
import type { TransportName } from '../support/subscriber.js'
import { type HostPerson, type Installation, newPerson, storedRevision } from './installation.js'
import { LiveScreen } from './live-screen.js'

const SETTLE_LIMIT_MS = 15_000
/** Per person: fast enough to hit every fault, slow enough to leave the machine to the instances. */
const CHANGE_EVERY_MS = 100

interface Commit {
  person: HostPerson
  revision: number
  at: number
}

/** What the subscribers saw while something was broken. */
export interface Findings {
  screens: number
  changes: number
  /** Changes whose response never arrived. Only the database knows whether they were committed. */
  unanswered: number
  /** Subscribers that don't have the stored state at the end. */
  stale: number
  backwards: number
  /** For the slowest change, the milliseconds from its response until that person's last subscriber had it. */
  slowestMs: number
}

/** People with subscribers at every instance, and changes to their state. */
export class Watched implements AsyncDisposable {
  readonly screens: LiveScreen[] = []
  /** Responses that were not a success. */
  readonly refusals: string[] = []
  readonly #commits: Commit[] = []
  readonly #open = new Map<HostPerson, string>()
  #unanswered = 0

  private constructor(
    readonly installation: Installation,
    readonly people: readonly HostPerson[],
  ) {}

  /**
   * @param where returns the URLs of the instances to connect to; called for every connection. Each subscriber starts
   * at another one
   */
  static async open(installation: Installation, where: () => readonly string[], people = 5): Promise<Watched> {
    const watched = new Watched(
      installation,
      await Promise.all(Array.from({ length: people }, () => newPerson(installation))),
    )
    const transports: TransportName[] = ['WebSocket', 'SSE']
    let turn = 0
    for (const person of watched.people) {
      for (const _instance of where()) {
        const next = () => {
          const urls = where()
          return urls[turn++ % urls.length] ?? installation.patchbay.url
        }
        watched.screens.push(new LiveScreen(person, next, transports[watched.screens.length % 2] ?? 'SSE'))
      }
    }
    await Promise.all(watched.screens.map((screen) => screen.shows(0)))
    return watched
  }

  /** Makes one change for one person at this instance. Resolves once all of that person's subscribers have it. */
  async changeAndSee(person: HostPerson, instance: { url: string }): Promise<void> {
    const commit = await this.#change(person, instance)
    if (commit) await this.seen(commit)
  }

  /** Another commit, of which only the time is known. */
  async seen({ person, revision, at }: Commit): Promise<void> {
    this.#commits.push({ person, revision, at })
    await Promise.all(this.#of(person).map((screen) => screen.shows(revision)))
  }

  /**
   * Makes changes for everyone until the signal aborts. Each person's are made at one instance, so that their
   * subscribers at the others depend on notifications and sweeps.
   */
  async changeUntil(signal: AbortSignal, where: () => readonly string[]): Promise<void> {
    await Promise.all(
      this.people.map(async (person, index) => {
        while (!signal.aborted) {
          const urls = where()
          const commit = await this.#change(person, { url: urls[index % urls.length] ?? '' })
          if (commit) this.#commits.push(commit)
          await after(CHANGE_EVERY_MS)
        }
      }),
    )
  }

  /** Resolves once a change has been committed after this call, however slow the machine is. */
  async untilNextChange(): Promise<void> {
    const before = this.#commits.length
    await expect.poll(() => this.#commits.length).toBeGreaterThan(before)
  }

  /**
   * Makes changes for one person, one after the other, without checking each one.
   * @param pauseMs after every two; with 0, they are as fast as possible
   */
  static async stormOf(
    person: HostPerson,
    instance: { url: string },
    { signal, pauseMs }: { signal: AbortSignal; pauseMs: number },
  ): Promise<void> {
    while (!signal.aborted) {
      const browser = person.at(instance)
      const { data } = await browser.execute<{ changed: { id: string } }>(AUTHORIZE)
      await browser.execute(CANCEL, { id: data.changed.id })
      await after(pauseMs)
    }
  }

  /** Waits until every subscriber has the stored state, up to a limit, and reports. */
  async findings(): Promise<Findings> {
    const deadline = AbortSignal.timeout(SETTLE_LIMIT_MS)
    const late = new Promise((resolve) => deadline.addEventListener('abort', resolve, { once: true }))
    const stored = new Map(
      await Promise.all(
        this.people.map(async (person) => [person, await storedRevision(this.installation, person)] as const),
      ),
    )
    await Promise.race([late, Promise.all(this.screens.map((screen) => screen.shows(stored.get(screen.person) ?? 0)))])
    const stale = this.screens.filter((screen) => screen.revision !== stored.get(screen.person)).length
    const delays = this.#commits.flatMap((commit) =>
      this.#of(commit.person).map((screen) => screen.delayOf(commit) ?? Number.POSITIVE_INFINITY),
    )
    return {
      screens: this.screens.length,
      changes: this.#commits.length,
      unanswered: this.#unanswered,
      stale,
      backwards: this.screens.reduce((sum, screen) => sum + screen.backwards, 0),
      slowestMs: Math.round(delays.reduce((a, b) => Math.max(a, b), 0)),
    }
  }

  #of(person: HostPerson): LiveScreen[] {
    return this.screens.filter((screen) => screen.person === person)
  }

  /** @returns undefined if no response arrived */
  async #change(person: HostPerson, instance: { url: string }): Promise<Commit | undefined> {
    try {
      const id = this.#open.get(person)
      const answer = await person
        .at(instance)
        .execute<{ changed: { id: string; revision?: number } }>(id === undefined ? AUTHORIZE : CANCEL, { id })
      const { changed } = answer.data ?? {}
      if (changed?.revision === undefined) {
        this.refusals.push(JSON.stringify(answer))
        return undefined
      }
      if (id === undefined) this.#open.set(person, changed.id)
      else this.#open.delete(person)
      return { person, revision: changed.revision, at: performance.now() }
    } catch {
      this.#unanswered++
      return undefined
    }
  }

  async [Symbol.asyncDispose]() {
    await Promise.all(this.screens.map((screen) => screen[Symbol.asyncDispose]()))
  }
}

/** Each raises the revision once. */
const AUTHORIZE = `mutation {
  changed: authorizeConnector(input: { connectorId: "${connectorId('acme-chat')}" }) {
    ... on Authorization { id revision } ... on Error { message }
  }
}`
const CANCEL = `mutation ($id: ID!) {
  changed: cancelAuthorization(input: { authorizationId: $id }) {
    ... on Authorization { id revision } ... on Error { message }
  }
}`
