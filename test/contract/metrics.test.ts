import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { everyMetric } from '../deploy/exposed-metrics.js'

test('docs/observability.md describes exactly the metrics that exist', async () => {
  const docs = await readFile(new URL('../../docs/observability.md', import.meta.url), 'utf8')
  const table = docs.split('\n').filter((line) => line.startsWith('| `patchbay_'))
  const described = new Set(
    table.flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/patchbay_[a-z_]+/g)].flat()),
  )
  const exposed = [...(await everyMetric().expose()).matchAll(/^# HELP (\S+) (.*)$/gm)].map(
    ([, name = '', help = '']) => {
      expect(help, name).not.toBe('')
      return name
    },
  )
  const ofTheProcess = /^patchbay_(process|nodejs)_/
  expect(exposed.filter((name) => ofTheProcess.test(name)).length).toBeGreaterThan(10)
  const own = exposed.filter((name) => !ofTheProcess.test(name))
  expect([...described].filter((name) => !ofTheProcess.test(name)).sort()).toEqual(own.sort())
})
