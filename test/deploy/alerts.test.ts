import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { REPOSITORY } from './dockerfile.js'
import { exposedMetrics } from './exposed-metrics.js'

interface Rule {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: { summary: string; description: string }
}

const OF_PROMETHEUS = ['up', 'job', 'instance', 'le']
const read = (name: string) => readFile(`${REPOSITORY}${name}`, 'utf8')

async function rules(): Promise<Rule[]> {
  const { groups } = parse(await read('deploy/alerts.yml'))
  return groups.flatMap((group: { rules: Rule[] }) => group.rules)
}

test('every metric in an alert is one that Patchbay exposes', async () => {
  const shown = await exposedMetrics()
  const asked = (await rules()).flatMap(({ expr }) => expr.match(/patchbay_\w+/g) ?? [])
  expect(asked.length).toBeGreaterThan(15)
  expect(asked.filter((name) => !shown.has(name))).toEqual([])
})

test('every label in an alert is in the description of its metric', async () => {
  const documented = (await read('docs/observability.md')).split('\n').filter((line) => line.startsWith('| `'))
  for (const { alert, expr } of await rules()) {
    for (const [, metric = '', matchers = ''] of expr.matchAll(/(patchbay_\w+)\{([^}]*)\}/g)) {
      const row = documented.find((line) => line.includes(`\`${metric.replace(/_(bucket|count)$/, '')}\``)) ?? ''
      const labels = [...matchers.matchAll(/(\w+)[=!]/g)].map(([, label]) => label ?? '')
      for (const label of labels.filter((label) => !OF_PROMETHEUS.includes(label)))
        expect(row, `${alert}: ${metric}`).toContain(`\`${label}\``)
    }
  }
})

test('every alert says what is wrong, what to do and how urgent it is', async () => {
  for (const { alert, labels, annotations } of await rules()) {
    expect(['page', 'ticket'], alert).toContain(labels.severity)
    expect(annotations.summary.length, alert).toBeGreaterThan(20)
    expect(annotations.description.length, alert).toBeGreaterThan(60)
  }
})

test('every alert rule has a test', async () => {
  const tests = await read('deploy/alerts.test.yml')
  for (const { alert } of await rules()) expect(tests).toMatch(new RegExp(`\\b${alert}\\b`))
})
