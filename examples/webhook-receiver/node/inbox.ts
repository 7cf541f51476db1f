import { open, readFile, rename, writeFile } from 'node:fs/promises'

/** Patchbay keeps deliveries that it gave up on for 30 days, and can send them again until then. */
const KEEP_MS = 31 * 24 * 3_600_000

/** An event, as Patchbay sent it. */
export interface StoredEvent {
  /** `webhook-id`: the same for every try */
  id: string
  receivedAt: number
  /** The request's body: JSON with `type`, `timestamp` and `data`. */
  body: string
}

/** A line of the file: an event, or that one was handled. */
type Line = StoredEvent | { handled: string }

/**
 * Events on disk, each once, in the order in which they came.
 *
 * It's a file of JSON lines, for one process. If you have a database, use a table instead, and let several processes
 * receive: `INSERT INTO event (id, body) VALUES (…) ON CONFLICT (id) DO NOTHING`.
 */
export class Inbox {
  /** Every id, and when the event is on disk. A request that comes again meanwhile waits for the first. */
  readonly #stored: Map<string, Promise<void>>
  readonly #pending: StoredEvent[]
  #lastWrite: Promise<void> = Promise.resolve()

  private constructor(
    private readonly file: string,
    events: readonly StoredEvent[],
    handled: ReadonlySet<string>,
  ) {
    this.#stored = new Map(events.map(({ id }) => [id, Promise.resolve()]))
    this.#pending = events.filter(({ id }) => !handled.has(id))
  }

  /** Reads the file, and writes it anew without what is old. */
  static async open(file: string, now = Date.now()): Promise<Inbox> {
    const lines = linesOf(await readFile(file, 'utf8').catch(nothingIfMissing))
    const handled = new Set(lines.flatMap((line) => ('handled' in line ? line.handled : [])))
    const events = lines.filter((line): line is StoredEvent => !('handled' in line))
    const kept = events.filter(({ id, receivedAt }) => !handled.has(id) || now - receivedAt < KEEP_MS)
    const rows: Line[] = kept.flatMap((event) => (handled.has(event.id) ? [event, { handled: event.id }] : [event]))
    await writeFile(`${file}.new`, rows.map((row) => `${JSON.stringify(row)}\n`).join(''), { mode: 0o600, flush: true })
    await rename(`${file}.new`, file)
    return new Inbox(file, kept, handled)
  }

  /**
   * Stores an event, unless it is there already. Resolves once it is on disk.
   * @returns whether it is new
   */
  async add(event: StoredEvent): Promise<boolean> {
    const stored = this.#stored.get(event.id)
    if (stored) {
      await stored
      return false
    }
    const write = this.#append(event)
    this.#stored.set(event.id, write)
    try {
      await write
    } catch (error) {
      this.#stored.delete(event.id)
      throw error
    }
    this.#pending.push(event)
    return true
  }

  /** The first event that isn't handled yet. */
  next(): StoredEvent | undefined {
    return this.#pending[0]
  }

  /** Remembers that the first event is handled. */
  async finish({ id }: StoredEvent): Promise<void> {
    await this.#append({ handled: id })
    this.#pending.shift()
  }

  #append(line: Line): Promise<void> {
    const write = this.#lastWrite.then(async () => {
      const file = await open(this.file, 'a', 0o600)
      try {
        await file.write(`${JSON.stringify(line)}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
    })
    this.#lastWrite = write.catch(() => {}) // the next one is tried all the same
    return write
  }
}

function linesOf(text: string): Line[] {
  return text.split('\n').flatMap((line): Line[] => {
    try {
      return line === '' ? [] : [JSON.parse(line)]
    } catch {
      return [] // cut off by a crash: it was never confirmed, so Patchbay sends it again
    }
  })
}

function nothingIfMissing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return ''
  throw error
}
