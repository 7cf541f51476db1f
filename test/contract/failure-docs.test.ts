import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { FAILURE_REASONS, FAILURE_STAGES } from '../../src/domain/ports/failure-cause.js'

test.each([
  ['reason', FAILURE_REASONS],
  ['stage', FAILURE_STAGES],
])('docs/troubleshooting.md explains every %s of a failure, and no other', async (name, known) => {
  const page = await readFile('docs/troubleshooting.md', 'utf8')
  const [, table = ''] = new RegExp(`^\\| \`${name}\` \\|.*\\n((?:\\|.*\\n)+)`, 'm').exec(page) ?? []
  expect([...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, value]) => value)).toEqual([...known])
})
