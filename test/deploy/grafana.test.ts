import { readFile } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import { REPOSITORY } from './dockerfile.js'
import { exposedMetrics } from './exposed-metrics.js'

interface Panel {
  id: number
  type: string
  title: string
  description?: string
  gridPos: { h: number; w: number; x: number; y: number }
  targets?: { expr: string; legendFormat: string }[]
}

/** Labels that Prometheus adds. */
const OF_PROMETHEUS = ['job', 'instance', 'le']

let dashboard: { panels: Panel[]; templating: { list: { name: string; query: unknown }[] } }
let panels: (Panel & Required<Pick<Panel, 'targets' | 'description'>>)[]
beforeAll(async () => {
  dashboard = JSON.parse(await readFile(`${REPOSITORY}deploy/grafana/patchbay.json`, 'utf8'))
  panels = dashboard.panels.filter((panel): panel is (typeof panels)[number] => panel.targets !== undefined)
})

test('every metric in the dashboard is one that Patchbay exposes', async () => {
  const shown = await exposedMetrics()
  const asked = JSON.stringify(dashboard).match(/patchbay_\w+/g) ?? []
  expect(new Set(asked).size).toBeGreaterThan(25)
  expect(asked.filter((name) => !shown.has(name))).toEqual([])
})

test('the dashboard shows what is to be watched first', () => {
  const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n')
  for (const metric of [
    'push_latency_seconds_bucket',
    'graphql_operations_total',
    'oauth_callbacks_total',
    'authorizations_ended_total',
    'refreshes_total',
    'connections_broken_total',
    'client_refused_total',
    'credentials_refused_total',
    'redis_up',
    'due_work_failed_total',
    'nodejs_eventloop_lag_p99_seconds',
  ]) {
    expect(expressions).toContain(`patchbay_${metric}`)
  }
})

test('every label that a panel groups by or shows is in the description of its metric', async () => {
  const documented = (await readFile(`${REPOSITORY}docs/observability.md`, 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  for (const { title, targets } of panels) {
    for (const { expr, legendFormat } of targets) {
      const metric = /patchbay_\w+/.exec(expr)?.[0].replace(/_bucket$/, '') ?? ''
      const row = documented.find((line) => line.includes(`\`${metric}\``)) ?? ''
      const grouped = [...expr.matchAll(/ by \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(', '))
      const matched = [...expr.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label)
      const legend = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)
      for (const label of [...grouped, ...matched, ...legend].filter((label) => !OF_PROMETHEUS.includes(label)))
        expect(row, `${title}: ${metric}`).toContain(`\`${label}\``)
      if (grouped.length > 0) for (const label of legend) expect(grouped, title).toContain(label)
    }
  }
})

test('every panel says what it shows, has its own id and overlaps no other', () => {
  const ids = dashboard.panels.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { title, description, targets } of panels) {
    expect(description.length, title).toBeGreaterThan(20)
    expect(targets.length, title).toBeGreaterThan(0)
  }
  const taken = new Set<string>()
  for (const { title, gridPos } of dashboard.panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken, title).not.toContain(`${x},${y}`)
        expect(x, title).toBeLessThan(24)
        taken.add(`${x},${y}`)
      }
    }
  }
})
