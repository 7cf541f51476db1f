import { afterAll, afterEach } from 'vitest'

const lines: string[] = []

/** Keeps a line about an error, to be shown if the test that is under way fails: many tests cause errors. */
export function keepErrorLine(line: string): void {
  lines.push(line)
}

/** Shows what is kept of tests that fail, and of what happens outside of tests. */
export function showErrorLines(): void {
  afterEach(({ task }) => {
    const kept = lines.splice(0)
    if (task.result?.state === 'fail') process.stderr.write(kept.join(''))
  })
  afterAll(() => {
    process.stderr.write(lines.splice(0).join(''))
  })
}
