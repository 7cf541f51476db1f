import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod'
import type { SavedApp } from './app-state.js'
import type { SigningKey } from './signing-key.js'

const StateSchema = z.object({
  version: z.literal(1),
  signingKey: z.looseObject({ kty: z.string() }),
  apps: z.record(
    z.string(),
    z.object({
      cookieSecret: z.string(),
      behaviour: z.record(z.string(), z.unknown()),
      records: z.array(
        z.object({
          model: z.string(),
          id: z.string(),
          payload: z.looseObject({}),
          expiresAt: z.number().nullable(),
          consumedAt: z.number().optional(),
        }),
      ),
    }),
  ),
})

/** Everything that the state file holds, with `apps` by slug. */
export interface SandboxState {
  version: 1
  signingKey: SigningKey
  apps: Record<string, SavedApp>
}

export class UnreadableStateError extends Error {
  override readonly name = 'UnreadableStateError'
  constructor(
    readonly file: string,
    cause: unknown,
  ) {
    super(`The sandbox can’t read its state file ${file}. Delete the file to start over.`, { cause })
  }
}

/** Returns the saved state, or undefined if nothing was saved yet. */
export function readState(file: string | undefined): SandboxState | undefined {
  if (file === undefined || !existsSync(file)) return undefined
  try {
    return StateSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new UnreadableStateError(file, cause)
  }
}

/** After each write, the writer rests this many times as long as the write took. */
const REST_SHARE = 20
const MAX_REST_MS = 5000

/**
 * Writes a file completely or not at all, one write at a time. Changes during a write share the next one.
 *
 * The larger the state, the less often it is written. Making thousands of grants therefore spends only a small share of the
 * time on writes. After a crash, at most the last five seconds are missing.
 */
export class StateWriter {
  #dirty = false
  #ended = false
  #writing: Promise<void> = Promise.resolve()
  #restUntil = 0
  #endRest = () => {}

  constructor(
    readonly file: string | undefined,
    readonly snapshot: () => SandboxState,
  ) {}

  changed(): void {
    if (this.file === undefined || this.#dirty || this.#ended) return
    this.#dirty = true
    // A failed write must not end the sandbox. The next change tries again, and close() reports the failure.
    this.#writing = this.#writing.catch(() => {}).then(() => this.#write())
    this.#writing.catch(() => {})
  }

  /** Resolves once the last change is on disk, and stops writing. Rejects if the last write failed. */
  async end(): Promise<void> {
    this.#ended = true
    this.#endRest()
    await this.#writing
  }

  async #write(): Promise<void> {
    if (this.file === undefined) return
    await this.#rest()
    this.#dirty = false
    const start = performance.now()
    try {
      const temporary = `${this.file}.${process.pid}.tmp`
      await mkdir(dirname(this.file), { recursive: true })
      await writeFile(temporary, JSON.stringify(this.snapshot()), { mode: 0o600 })
      await rename(temporary, this.file)
    } finally {
      const took = performance.now() - start
      this.#restUntil = start + took + Math.min(took * REST_SHARE, MAX_REST_MS)
    }
  }

  #rest(): Promise<void> {
    const left = this.#restUntil - performance.now()
    if (this.#ended || left <= 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, left)
      this.#endRest = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
