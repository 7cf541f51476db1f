import { type DestinationStream, pino } from 'pino'

/** How long lines are gathered, in milliseconds. */
const GATHERED_MS = 50
/** The number of characters that are written without waiting for more. */
const ENOUGH = 16_384
/** From pino's level `error` on, a line isn't kept waiting. */
const ERROR_LEVEL = 50

/**
 * Standard output for log lines. Lines that come within 50 ms are written together, because a write costs more than
 * what most lines report. Errors are written immediately, with what came before them, and so is everything that is
 * left when the process exits. A process that is killed may lose its last lines.
 */
export function createLogOutput(output: DestinationStream = pino.destination({ sync: true })): DestinationStream {
  let gathered = ''
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    const lines = gathered
    gathered = ''
    if (lines !== '') output.write(lines)
  }
  process.on('exit', flush)
  return {
    /** Asks pino to set `lastLevel` before each line. */
    [pino.symbols.needsMetadataGsym]: true,
    lastLevel: 0,
    write(this: { lastLevel: number }, line: string) {
      gathered += line
      if (this.lastLevel >= ERROR_LEVEL || gathered.length >= ENOUGH) flush()
      else timer ??= setTimeout(flush, GATHERED_MS).unref()
    },
  } as DestinationStream
}
