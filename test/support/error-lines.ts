import { afterAll, afterEach } from 'vitest'

const lines: string[] = []

/** Keeps a line about an error, to show if the current test fails, because many tests cause errors on purpose. */
export function keepErrorLine(line: string): void {
  lines.push(line)
}

/** Shows the kept lines of tests that fail, and errors outside of tests. */
export function showErrorLines(): void {
  afterEach(({ task }) => {
    const kept = lines.splice(0)
    if (task.result?.state === 'fail') process.stderr.write(kept.join(''))
  })
  afterAll(() => {
    process.stderr.write(lines.splice(0).join(''))
  })
}
