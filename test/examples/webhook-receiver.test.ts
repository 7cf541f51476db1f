import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser } from '../support/browser.js'
import { keyFor, mutateAs } from '../support/callers.js'
import { connectionsOf, mutate } from '../support/connecting.js'
import { startExample } from '../support/examples.js'
import { freePort } from '../support/free-port.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { PATIENT } from '../support/patience.js'
import type { RunningProcess } from '../support/running-process.js'

const PATH = '/hooks/patchbay'
const MINUTE_MS = 60_000

/** A request as Patchbay makes it. */
function signed(secret: string, given: { id?: string; at?: Date; body?: string } = {}) {
  const { id = randomUUID(), at = new Date(), body = '{"type":"test","data":{}}' } = given
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  }
  return { method: 'POST', headers, body }
}

const count = (text: string, part: string) => text.split(part).length - 1

describe('the webhook receiver in Node', PATIENT, () => {
  holdsItsPromises('examples/webhook-receiver/node/server.ts')
})

describe('the webhook receiver in Python', { ...PATIENT, tags: 'python' }, () => {
  holdsItsPromises('examples/webhook-receiver/python/server.py')
})

/** @param entry what the README's command runs */
function holdsItsPromises(entry: string): void {
  let folder: string
  let patchbay: Patchbay
  let key: string
  let webhookId: string
  let secret: string
  let url: string
  let receiver: RunningProcess
  const start = () =>
    startExample('webhook-receiver', entry, {
      env: { WEBHOOK_SECRET: secret, WEBHOOK_INBOX: join(folder, 'inbox'), PORT: new URL(url).port },
      ready: /Receiving webhooks at/,
    })
  const send = async (request: RequestInit, path = PATH) => (await fetch(new URL(path, url), request)).status
  /** Waits until the receiver has written this. */
  const says = (line: string | RegExp) => expect.poll(() => receiver.output(), { timeout: 60_000 }).toMatch(line)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patchbay-receiver-'))
    patchbay = await startPatchbay()
    key = (await keyFor(patchbay, 'webhooks:write')).key
    url = `http://127.0.0.1:${await freePort()}${PATH}`
    const registered = await mutateAs<{ secret: string; webhook: { id: string } }>(
      patchbay,
      key,
      'registerWebhook',
      { url },
      '... on WebhookSecret { secret webhook { id } }',
    )
    secret = registered.secret
    webhookId = registered.webhook.id
    receiver = await start()
  })
  afterAll(async () => {
    await receiver?.stop()
    await patchbay?.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('accepts Patchbay’s test event, and does nothing about a type that it doesn’t know', async () => {
    const selection = '... on WebhookTest { delivered result }'
    const result = await mutateAs(patchbay, key, 'testWebhook', { webhookId }, selection)
    expect(result).toEqual({ __typename: 'WebhookTest', delivered: true, result: '204' })
    await says('Nothing to do about webhook.test.')
  })

  test('handles the events of a connection, in order', async () => {
    await new Browser(patchbay, 'ada').connect({ connector: 'acme-mail' })
    const [connection] = await connectionsOf(patchbay, 'ada')
    await mutate(patchbay, 'ada', 'disconnect', { connectionId: connection?.id })
    await patchbay.instance.runJobs()
    await says(/ada: acme-mail is LIVE\.[\s\S]*ada: acme-mail is REMOVED\./)
  })

  test('refuses what is not signed with the secret, and a body that was changed', async () => {
    const { headers, body } = signed(secret)
    const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
    expect(await send({ method: 'POST', body: '{}' })).toBe(401)
    expect(await send(signed(other))).toBe(401)
    expect(await send({ method: 'POST', headers, body: `${body} ` })).toBe(401)
    expect(await send({ method: 'POST', headers: { ...headers, 'webhook-id': randomUUID() }, body })).toBe(401)
    expect(await send({ method: 'POST', headers: { ...headers, 'webhook-signature': 'v1,?? v1 v2,x' }, body })).toBe(
      401,
    )
  })

  test('accepts a request that is signed with a previous secret too', async () => {
    const { headers, body } = signed(secret)
    const both = `v1,${Buffer.alloc(32).toString('base64')} ${headers['webhook-signature']}`
    expect(await send({ method: 'POST', headers: { ...headers, 'webhook-signature': both }, body })).toBe(204)
  })

  test('refuses a request whose timestamp is more than five minutes off, though its signature is right', async () => {
    for (const offsetMs of [-6 * MINUTE_MS, 6 * MINUTE_MS]) {
      expect(await send(signed(secret, { at: new Date(Date.now() + offsetMs) }))).toBe(401)
    }
    const { headers, body } = signed(secret)
    expect(await send({ method: 'POST', headers: { ...headers, 'webhook-timestamp': 'soon' }, body })).toBe(401)
    expect(await send(signed(secret, { at: new Date(Date.now() - 4 * MINUTE_MS) }))).toBe(204)
  })

  test('handles an event once, however often it comes, also after a restart', async () => {
    const id = randomUUID()
    const body = JSON.stringify({ type: `once.${id}`, data: {} })
    const statuses = await Promise.all([1, 2, 3].map(() => send(signed(secret, { id, body }))))
    expect(statuses).toEqual([204, 204, 204])
    await says(`Nothing to do about once.${id}.`)
    expect(count(receiver.output(), `Stored ${id}.`)).toBe(1)
    expect(count(receiver.output(), `Ignored ${id}, which came before.`)).toBe(2)
    expect(count(receiver.output(), `Nothing to do about once.${id}.`)).toBe(1)

    expect(await receiver.stop()).toBe(0)
    receiver = await start()
    expect(await send(signed(secret, { id, body }))).toBe(204)
    await says(`Ignored ${id}, which came before.`)
    // Whatever is handled next shows that nothing was left to be handled before it.
    const next = randomUUID()
    expect(await send(signed(secret, { id: next, body: JSON.stringify({ type: `next.${next}`, data: {} }) }))).toBe(204)
    await says(`Nothing to do about next.${next}.`)
    expect(receiver.output()).not.toContain(`Nothing to do about once.${id}.`)
  })

  test('tries an event again that it could not handle, and keeps the order', async () => {
    const bad = randomUUID()
    const later = randomUUID()
    const types = { [bad]: '"data"', [later]: JSON.stringify({ type: `later.${later}`, data: {} }) }
    for (const [id, body] of Object.entries(types)) expect(await send(signed(secret, { id, body }))).toBe(204)
    await says(new RegExp(`Could not handle ${bad}[\\s\\S]*Could not handle ${bad}`))
    expect(receiver.output()).not.toContain(`Nothing to do about later.${later}.`)
  })

  test('answers other requests, and bodies that are too large, without storing anything', async () => {
    expect(await send(signed(secret), '/other')).toBe(404)
    expect(await send({ method: 'PUT', body: '{}' })).toBeGreaterThanOrEqual(400)
    const large = signed(secret, { body: JSON.stringify({ type: 'x'.repeat(70_000), data: {} }) })
    expect(await send(large)).toBe(413)
    expect(receiver.output()).not.toContain(large.headers['webhook-id'])
  })
}

test('the webhook receivers refuse to start without a secret', PATIENT, async () => {
  await expect(
    startExample('webhook-receiver', 'examples/webhook-receiver/node/server.ts', { env: {}, ready: /Receiving/ }),
  ).rejects.toThrow('Set WEBHOOK_SECRET')
})
