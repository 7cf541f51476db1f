import type { Logger } from './logger.js'

/** One function per event worth knowing of, so that what is logged and what is counted cannot drift apart. */
export interface Report {
  requestFailed(requestId: string, error: unknown): void
  readFailed(error: unknown): void
  sweepCaught(screens: number): void
  sweepFailed(error: unknown): void
  dueWorkFailed(work: string, error: unknown): void
  dueWorkDone(work: string, count: number): void
  callbackReceived(connector: string, outcome: string): void
  readerStalled(reason: 'buffer' | 'no-progress'): void
  connectionLost(error: unknown): void
  withoutBus(otherInstances: number): void
  ringSent(): void
  ringHeard(): void
  ringNotSent(error: unknown): void
  busMessageIgnored(reason: 'malformed' | 'too-large'): void
  busReady(): void
  busLost(error: unknown): void
}

export function createReport(logger: Logger): Report {
  return {
    requestFailed: (requestId, error) => logger.error({ requestId, err: error }, 'request failed'),
    readFailed: (error) => logger.warn({ err: error }, 'reading for a screen failed; trying again'),
    sweepCaught: (screens) => logger.info({ screens }, 'the sweep caught screens that no ring had reached'),
    sweepFailed: (error) => logger.warn({ err: error }, 'the sweep failed; trying again'),
    dueWorkFailed: (work, error) => logger.warn({ work, err: error }, 'due work failed; trying again'),
    dueWorkDone: (work, count) => logger.info({ work, count }, 'due work done'),
    callbackReceived: (connector, outcome) => logger.info({ connector, outcome }, 'callback received'),
    readerStalled: (reason) => logger.warn({ reason }, 'closed a reader that stalled'),
    connectionLost: (error) => logger.warn({ err: error }, 'lost a connection to PostgreSQL; it is replaced'),
    withoutBus: (otherInstances) =>
      logger.warn(
        { otherInstances },
        otherInstances > 0
          ? 'other instances use this database and there is no REDIS_URL: their changes reach the screens of this one late, by the sweep. Set REDIS_URL on all of them'
          : 'there is no REDIS_URL: run no second instance on this database',
      ),
    ringSent: () => {},
    ringHeard: () => {},
    ringNotSent: () => {},
    busMessageIgnored: (reason) => logger.warn({ reason }, 'ignored a message on the bus that is no ring'),
    busReady: () => logger.info('listening to Redis'),
    busLost: (error) => logger.warn({ err: error }, 'lost Redis; the sweep keeps screens right until it is back'),
  }
}
