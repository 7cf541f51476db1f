import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { parse, validate } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeUser } from '../../src/domain/change/change-user.js'
import { sqlOn } from '../../src/domain/db.js'
import { connectionEvent, EVENT_TYPES, recordEvents, setupEvent } from '../../src/domain/webhook/events.js'
import { registerWebhook } from '../../src/domain/webhook/register-webhook.js'
import { schema } from '../../src/graphql/schema.js'
import { freePort } from '../support/free-port.js'
import { openScene, type Scene, SILENT, someone } from '../support/webhooks.js'

const REPOSITORY = new URL('../../', import.meta.url)
let scene: Scene
let page: string
beforeAll(async () => {
  scene = await openScene()
  page = await readFile(new URL('docs/webhooks.md', REPOSITORY), 'utf8')
})
afterAll(() => scene[Symbol.asyncDispose]())

const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text)

/** The path of a value, by names only. An example must have the same paths as what is sent. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, inner]) => [key, shapeOf(inner)]),
  )
}

test('the receiver in docs/webhooks.md verifies real events, and the examples there have their shape', async () => {
  const [source = ''] = blocks('js')
  const port = await freePort()
  const url = `http://localhost:${port}/`
  const { secret } = await registerWebhook(scene.deps, 'key', { url, events: [] })
  const receiver = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: REPOSITORY,
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  createInterface({ input: receiver.stdout }).on('line', (line) => lines.push(line))
  const answers = () =>
    fetch(url, { method: 'POST', body: '{}' }).then(
      ({ status }) => status,
      () => 0,
    )
  await expect.poll(answers).toBe(401) // it is running, and accepts nothing without a signature

  await changeUser({ db: scene.db, notifier: SILENT }, someone(), async (tx, change) => {
    const id = '00000000-0000-4000-8000-000000000000'
    const account = { accountId: 'ada-work', accountLabel: 'ada@northwind.example' }
    const connection = { id, connectorSlug: 'acme-mail', ...account }
    const expired = { ...connection, status: 'EXPIRED', problemCode: 'ACCESS_EXPIRED' } as const
    await recordEvents(sqlOn(tx), change, [
      connectionEvent('connection.broken', expired),
      setupEvent({ id, pluginSlug: 'meeting-assistant', status: 'READY' }),
    ])
  })
  const sent = await scene.db.webhookDelivery.findMany({ orderBy: { sequence: 'asc' } })
  await scene.deliver()
  await expect.poll(() => lines).toEqual(sent.map(({ eventId, type }) => `${eventId} ${type}`))
  expect(scene.tries.map(({ outcome }) => outcome)).toEqual(['DELIVERED', 'DELIVERED'])
  expect(blocks('json').map((text) => shapeOf(JSON.parse(text)))).toEqual(sent.map(({ payload }) => shapeOf(payload)))
  receiver.kill()
  await once(receiver, 'close')
})

test('docs/webhooks.md has valid operations and names every event type', () => {
  const operations = blocks('graphql')
  expect(operations).toHaveLength(3)
  for (const operation of operations) expect(validate(schema, parse(operation))).toEqual([])
  for (const type of EVENT_TYPES) expect(page).toContain(`| \`${type}\` |`)
})
