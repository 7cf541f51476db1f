import { expect, test } from 'vitest'
import { plotSvg, ticks } from '../../bench/report/plot.js'
import { Results } from '../../bench/report/results.js'
import { median, percentile } from '../../bench/report/statistics.js'

test('a median is the middle value, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([7])).toBe(7)
  expect(median([])).toBeNaN()
})

test('a percentile is a value that was measured', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(percentile(hundred, 0.5)).toBe(50)
  expect(percentile(hundred, 0.99)).toBe(99)
  expect(percentile(hundred, 1)).toBe(100)
  expect(percentile([5], 0.01)).toBe(5)
  expect(percentile([], 0.5)).toBeNaN()
})

test('the table has medians and their ratios to the first contestant', () => {
  const results = new Results(['floor', 'patchbay'])
  for (const value of [100, 400, 200]) results.add('floor', 'requests/s', value)
  results.add('patchbay', 'requests/s', 150)
  results.add('floor', 'lost', 0)
  results.add('patchbay', 'lost', 0)
  results.add('patchbay', 'only here', 1_234.5)
  expect(results.toMarkdown().split('\n')).toEqual([
    '|  | floor | patchbay |',
    '| --- | --- | --- |',
    '| requests/s | 200 | 150 (0.75 ×) |',
    '| lost | 0.00 | 0.00 |',
    '| only here | – | 1,235 |',
  ])
  expect(JSON.parse(JSON.stringify(results))).toMatchObject({
    'requests/s': { floor: [100, 400, 200], patchbay: [150] },
  })
})

test.each([
  [100, [0, 20, 40, 60, 80, 100]],
  [20_000, [0, 5_000, 10_000, 15_000, 20_000]],
  [101, [0, 50, 100, 150]],
  [0.7, [0, 0.2, 0.4, 0.6, 0.8]],
  [4, [0, 1, 2, 3, 4]],
])('an axis up to %d has round steps', (largest, expected) => {
  expect(ticks(largest)).toEqual(expected)
})

test('a plot draws its points to scale from 0, names its axes and escapes texts', () => {
  const svg = plotSvg({
    title: 'Memory & more',
    xLabel: 'subscribers',
    yLabel: 'MiB < 1',
    lines: [
      {
        name: 'p50',
        points: [
          [0, 0],
          [50, 50],
          [100, 100],
        ],
      },
      { name: 'p99', points: [[100, 50]] },
    ],
  })
  const [first, second] = [...svg.matchAll(/points="([^"]+)"/g)].map(([, points]) => points)
  expect(first).toBe('68,304 342,188 616,72')
  expect(second).toBe('616,188')
  for (const text of ['Memory &amp; more', '>subscribers<', '>MiB &lt; 1<', '>p50<', '>p99<'])
    expect(svg).toContain(text)
  expect(svg).toContain('prefers-color-scheme:dark')
})
