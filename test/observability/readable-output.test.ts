import { expect, test } from 'vitest'
import { createLogOutput } from '../../src/observability/log-output.js'
import { createLogger } from '../../src/observability/logger.js'
import { createReadableOutput } from '../../src/observability/readable-output.js'

test('at a terminal, a log line has the time, the level, the message and its fields', async () => {
  let written = ''
  const output = await createReadableOutput((text) => (written += text), { colorize: false })
  const logger = createLogger('info', createLogOutput(output))
  logger.warn({ limit: 'tokens', refusals: 3 }, 'a caller exceeded a rate limit')
  logger.error({ err: new Error('the disk is full') }, 'request failed') // errors are written immediately
  expect(written.split('\n')[0]).toMatch(
    /^\[\d\d:\d\d:\d\d\] WARN: a caller exceeded a rate limit \{"limit":"tokens","refusals":3\}$/,
  )
  expect(written).toMatch(/^\[\d\d:\d\d:\d\d\] ERROR: request failed/m)
  expect(written).toContain('the disk is full')
})
