/** How long a lookup that isn't urgent waits, so that it shares a statement with the others. */
const PATIENCE_MS = 1_000
const MAX_BATCH = 1_000

/** @param patiently whether it is enough to be answered within a second or so */
export type LookUp<T> = (token: string, patiently: boolean) => Promise<T>

interface Asked<T> {
  token: string
  resolve(answer: T): void
  reject(error: unknown): void
}

/**
 * Looks up tokens in few statements. While one is on its way, further tokens wait for the next. Those that aren't urgent
 * are looked up together, once a second.
 * @param ask looks up several tokens, and returns the answers in their order
 */
export function createBatchedLookup<T>(ask: (tokens: readonly string[]) => Promise<readonly T[]>): LookUp<T> {
  let urgent: Asked<T>[] = []
  let patient: Asked<T>[] = []
  let isAsking = false

  async function askAll(): Promise<void> {
    if (isAsking) return
    isAsking = true
    while (urgent.length > 0) await askNext(urgent.splice(0, MAX_BATCH))
    isAsking = false
  }

  async function askNext(batch: readonly Asked<T>[]): Promise<void> {
    try {
      const answers = await ask(batch.map(({ token }) => token))
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as T)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  function hurry(): void {
    urgent = [...urgent, ...patient]
    patient = []
    void askAll()
  }

  return (token, patiently) =>
    new Promise((resolve, reject) => {
      const asked = { token, resolve, reject }
      if (!patiently) {
        urgent.push(asked)
        void askAll()
      } else if (patient.push(asked) === 1) setTimeout(hurry, PATIENCE_MS).unref()
    })
}
