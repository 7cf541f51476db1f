/** One thing that was tried at a provider. Contains no secret. */
export interface Check {
  name: string
  /** unknown: the answer doesn't tell whether it works. */
  status: 'ok' | 'failed' | 'skipped' | 'unknown'
  /** What is known now, in one line. */
  detail: string
  /** If it isn't ok: what was asked and what came back. */
  asked?: string
  got?: string
  /** If it isn't ok: what to change. */
  change?: string
}

/** What an answer means. */
export type Meaning = Pick<Check, 'status' | 'detail' | 'change'>
