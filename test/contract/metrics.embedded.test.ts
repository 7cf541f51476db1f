import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createMetrics } from '../../src/observability/metrics.js'

test('docs/observability.md describes exactly the metrics that exist', async () => {
  const docs = await readFile(new URL('../../docs/observability.md', import.meta.url), 'utf8')
  const table = docs.split('\n').filter((line) => line.startsWith('| `patchbay_'))
  const described = new Set(
    table.flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/patchbay_[a-z_]+/g)].flat()),
  )
  const metrics = createMetrics()
  metrics.showBuild('1.2.3', 'v24.0.0')
  metrics.setRedisUp(true)
  metrics.setHostKeysUp('https://id.example/jwks', true)
  metrics.watchPool(() => ({ total: 0, idle: 0, waiting: 0, max: 0 }))
  metrics.watchSubscribers(() => 0)
  const exposed = [...(await metrics.expose()).matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name = '', help = '']) => {
    expect(help, name).not.toBe('')
    return name
  })
  const ofTheProcess = /^patchbay_(process|nodejs)_/
  expect(exposed.filter((name) => ofTheProcess.test(name)).length).toBeGreaterThan(10)
  const own = exposed.filter((name) => !ofTheProcess.test(name))
  expect([...described].filter((name) => !ofTheProcess.test(name)).sort()).toEqual(own.sort())
})
