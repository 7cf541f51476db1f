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
  }
}
