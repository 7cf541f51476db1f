import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
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
        z.object({ model: z.string(), id: z.string(), payload: z.looseObject({}), expiresAt: z.number().nullable() }),
      ),
    }),
  ),
})

/** All that is written down; `apps` by slug. */
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
    super(`The sandbox cannot read its state in ${file}. Delete that file to start afresh.`, { cause })
  }
}

/** What was saved; undefined when nothing was saved yet. */
export function readState(file: string | undefined): SandboxState | undefined {
  if (file === undefined || !existsSync(file)) return undefined
  try {
    return StateSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new UnreadableStateError(file, cause)
  }
}

/** Writes a file whole or not at all, one write at a time; many changes meanwhile become one more write. */
export class StateWriter {
  #dirty = false
  #ended = false
  #writing: Promise<void> = Promise.resolve()

  constructor(
    readonly file: string | undefined,
    readonly snapshot: () => SandboxState,
  ) {}

  changed(): void {
    if (this.file === undefined || this.#dirty || this.#ended) return
    this.#dirty = true
    // A failed write must not end the sandbox: the next change tries again, and close() tells.
    this.#writing = this.#writing.catch(() => {}).then(() => this.#write())
    this.#writing.catch(() => {})
  }

  /** Resolves when the last change is on disk, after which nothing is written any more; rejects when it could not be. */
  async end(): Promise<void> {
    this.#ended = true
    await this.#writing
  }

  async #write(): Promise<void> {
    if (this.file === undefined) return
    this.#dirty = false
    const temporary = `${this.file}.${process.pid}.tmp`
    await mkdir(dirname(this.file), { recursive: true })
    await writeFile(temporary, JSON.stringify(this.snapshot()), { mode: 0o600 })
    await rename(temporary, this.file)
  }
}
