import { graphql } from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { NO_BROWSER } from '../../src/domain/authorization/browser-binding.js'
import { globalId, parseGlobalId } from '../../src/domain/global-id.js'
import type { ApiKeyScope } from '../../src/domain/identity/api-key-caller.js'
import type { Caller } from '../../src/domain/identity/caller.js'
import { bindOperations, OPERATIONS, type OperationDeps } from '../../src/domain/operations.js'
import { registerWebhook } from '../../src/domain/webhook/register-webhook.js'
import { rotateWebhookSecret } from '../../src/domain/webhook/rotate-webhook-secret.js'
import { updateWebhook } from '../../src/domain/webhook/update-webhook.js'
import { createContext, type Services } from '../../src/graphql/context.js'
import { schema } from '../../src/graphql/schema.js'
import type { CommandContext } from '../../src/operator/command.js'
import { WEBHOOK_COMMANDS } from '../../src/operator/webhook-commands.js'
import { createWebhookSender } from '../../src/outbound/webhook-sender.js'
import { answersWith, type Receiver, startReceiver, verified } from '../support/receiver.js'
import { openScene, type Scene, someone, write } from '../support/webhooks.js'

let scene: Scene
let receiver: Receiver
beforeAll(async () => {
  scene = await openScene()
  receiver = await startReceiver()
})
afterEach(async () => {
  await scene.reset()
  receiver.received.length = 0
  receiver.behave(() => answersWith(204))
})
afterAll(async () => {
  await receiver[Symbol.asyncDispose]()
  await scene[Symbol.asyncDispose]()
})

const keyWith = (...scopes: ApiKeyScope[]): Caller => ({
  kind: 'api-key',
  key: { id: 'key-1', name: 'host', scopes: new Set(scopes) },
})
const HOST = keyWith('webhooks:write')

// biome-ignore lint/suspicious/noExplicitAny: each test reads the response in its own shape
async function ask(source: string, variables: object = {}, caller = HOST): Promise<any> {
  const services = bindOperations(OPERATIONS, scene.deps as OperationDeps) as Services
  const contextValue = createContext({ services, db: scene.db, publicUrl: 'http://localhost' }, caller, NO_BROWSER)
  const { data, errors } = await graphql({ schema, source, variableValues: { ...variables }, contextValue })
  if (errors) throw errors[0]?.originalError ?? errors[0]
  return data
}

/** For operations that send nothing. */
const NOBODY = { send: () => Promise.reject(new Error('nothing is sent')), refuses: async () => false }

const WEBHOOK = 'id url events createdAt'
const ERRORS = '__typename ... on Error { message }'
const SECRET = `${ERRORS} ... on WebhookSecret { secret formerUntil webhook { ${WEBHOOK} } }`
const REGISTERED = `${SECRET} ... on InvalidInputError { faults { path message } }
  ... on TooManyWebhooksError { limit } ... on DuplicateWebhookError { webhookId }`

async function mutate(name: string, input: object, selection = ERRORS, caller = HOST) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`
  return (await ask(`mutation ($input: ${type}) { ${name}(input: $input) { ${selection} } }`, { input }, caller))[name]
}
const register = (url = receiver.url, events?: string[]) => mutate('registerWebhook', { url, events }, REGISTERED)

describe('registering a webhook', () => {
  test('shows the secret once, stores it sealed, and lists the webhook', async () => {
    const { secret, formerUntil, webhook } = await register(receiver.url, ['setup.ready', 'setup.ready'])
    expect(Buffer.from(secret.replace('whsec_', ''), 'base64').length).toBeGreaterThanOrEqual(24)
    expect(formerUntil).toBeNull()
    expect(webhook).toMatchObject({ url: receiver.url, events: ['setup.ready'] })
    const row = await scene.db.webhookEndpoint.findUniqueOrThrow({ where: { id: parseGlobalId(webhook.id)?.id ?? '' } })
    expect(row.apiKeyId).toBe('key-1')
    expect(Buffer.from(row.sealed).includes(secret.slice(6))).toBe(false)
    expect(await ask(`{ webhooks { ${WEBHOOK} } }`)).toEqual({ webhooks: [webhook] })
  })

  test.each([
    ['an invalid URL', 'nowhere', [], 'url', 'https://'],
    ['a scheme other than HTTPS', 'ftp://host.example/x', [], 'url', 'https://'],
    ['a URL with credentials', 'https://user:secret@host.example/', [], 'url', 'password'],
    ['a URL with a fragment', 'https://host.example/#x', [], 'url', 'fragment'],
    ['a URL with an empty fragment', 'https://host.example/#', [], 'url', 'fragment'],
    ['a URL that is too long', `https://host.example/${'x'.repeat(2_000)}`, [], 'url', '2000'],
    ['an unknown event', 'https://host.example/', ['setup.ready', 'setup.done'], 'events[1]', 'connection.live'],
  ])('is refused for %s, and stores nothing', async (_name, url, events, path, message) => {
    const result = await register(url, events)
    expect(result).toMatchObject({ __typename: 'InvalidInputError', faults: [{ path }] })
    expect(result.message).toContain(message)
    expect(await scene.db.webhookEndpoint.count()).toBe(0)
  })

  test('reports every fault at once', async () => {
    const { faults } = await register('nowhere', ['a', 'b'])
    expect(faults.map(({ path }: { path: string }) => path)).toEqual(['url', 'events[0]', 'events[1]'])
  })

  test('is refused for a duplicate URL and for a 21st webhook', async () => {
    const first = await register('https://host.example')
    expect(await register('https://HOST.example:443/')).toMatchObject({
      __typename: 'DuplicateWebhookError',
      webhookId: first.webhook.id,
    })
    for (let index = 2; index <= 20; index++) await register(`https://host.example/${index}`)
    const refused = await register('https://host.example/21')
    expect(refused).toMatchObject({ __typename: 'TooManyWebhooksError', limit: 20 })
    expect(refused.message).toContain('20')
  })

  test('succeeds only once when the same URL is registered many times at once', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => register()))
    expect(results.filter(({ __typename }) => __typename === 'WebhookSecret')).toHaveLength(1)
    expect(await scene.db.webhookEndpoint.count()).toBe(1)
  })

  test.each([
    'http://host.example/',
    'https://127.0.0.1/',
    'https://localhost/',
    'https://[::1]/',
    'https://169.254.169.254/',
  ])('is refused for %s outside development', async (url) => {
    const sender = createWebhookSender({ allowPrivate: false })
    const strict = { ...scene.deps, sender, allowPrivate: false }
    await expect(registerWebhook(strict, 'key', { url, events: [] })).rejects.toMatchObject({
      faults: [{ path: 'url' }],
    })
    const { webhook } = await registerWebhook(strict, 'key', { url: 'https://8.8.8.8/', events: [] })
    await expect(updateWebhook(strict, webhook.id, { url })).rejects.toMatchObject({ faults: [{ path: 'url' }] })
    await sender.close()
  })
})

describe('a webhook', () => {
  test('changes only the fields that an update names, and sends pending events to a new URL', async () => {
    const { webhook } = await register('https://host.example/', ['setup.ready'])
    await write(scene.db, someone(), 'one')
    const updated = await mutate(
      'updateWebhook',
      { webhookId: webhook.id, url: receiver.url },
      `... on Webhook { ${WEBHOOK} }`,
    )
    expect(updated).toEqual({ ...webhook, url: receiver.url })
    await scene.deliver()
    expect(receiver.received).toHaveLength(1)
    const other = await register('https://other.example/')
    expect(await mutate('updateWebhook', { webhookId: other.webhook.id, url: receiver.url })).toMatchObject({
      __typename: 'DuplicateWebhookError',
    })
    expect(await mutate('updateWebhook', { webhookId: other.webhook.id, events: ['x'] })).toMatchObject({
      __typename: 'InvalidInputError',
    })
  })

  test('signs with both secrets for a day after a rotation, then with the new one', async () => {
    const { webhook, secret } = await register()
    const rotated = await mutate('rotateWebhookSecret', { webhookId: webhook.id }, SECRET)
    expect(rotated.secret).not.toBe(secret)
    const tomorrowMs = new Date(rotated.formerUntil).getTime() - Date.now()
    expect(Math.abs(tomorrowMs - 24 * 3_600_000)).toBeLessThan(60_000)
    await write(scene.db, someone(), 'one')
    await scene.deliver()
    const [first] = receiver.received
    if (!first) throw new Error('nothing came')
    expect(String(first.headers['webhook-signature']).split(' ')).toHaveLength(2)
    expect(verified(secret, first)).toEqual(verified(rotated.secret, first))

    await expireFormerSecrets(webhook.id)
    await write(scene.db, someone(), 'two')
    await scene.deliver()
    const [, second] = receiver.received
    if (!second) throw new Error('nothing came')
    expect(() => verified(secret, second)).toThrow('signature')
    expect(verified(rotated.secret, second)).toBeTruthy()
  })

  test('keeps both new secrets when two rotations happen at once', async () => {
    const { webhook } = await register()
    let opened = 0
    let meet = () => {}
    const met = new Promise<void>((resolve) => {
      meet = resolve
    })
    const { open } = scene.vault
    const meeting: Scene['vault']['open'] = async (...args) => {
      if (++opened === 2) meet()
      await met
      return open(...args)
    }
    const slow = { ...scene.deps, vault: { ...scene.vault, open: meeting }, sender: NOBODY }
    const id = parseGlobalId(webhook.id)?.id ?? ''
    const both = await Promise.all([rotateWebhookSecret(slow, id), rotateWebhookSecret(slow, id)])
    await write(scene.db, someone(), 'one')
    await scene.deliver()
    for (const { secret } of both) expect(verified(secret, receiver.received[0] as never)).toBeTruthy()
  })

  test('never signs with more than four secrets', async () => {
    const { webhook } = await register()
    for (let index = 0; index < 6; index++) await mutate('rotateWebhookSecret', { webhookId: webhook.id }, SECRET)
    await mutate('testWebhook', { webhookId: webhook.id })
    expect(String(receiver.received[0]?.headers['webhook-signature']).split(' ')).toHaveLength(4)
  })

  test('can be tested, and the result says what the receiver answered', async () => {
    const { webhook, secret } = await register(receiver.url, ['connection.live'])
    const TEST = '... on WebhookTest { delivered result }'
    expect(await mutate('testWebhook', { webhookId: webhook.id }, TEST)).toEqual({ delivered: true, result: '204' })
    expect(verified(secret, receiver.received[0] as never)).toMatchObject({ type: 'webhook.test', data: {} })
    receiver.behave(() => answersWith(500))
    expect(await mutate('testWebhook', { webhookId: webhook.id }, TEST)).toEqual({ delivered: false, result: '500' })
    expect(await scene.db.webhookDelivery.count()).toBe(0)
  })

  test('is removed together with its deliveries', async () => {
    const { webhook } = await register()
    await write(scene.db, someone(), 'one')
    expect(await mutate('removeWebhook', { webhookId: webhook.id }, '... on Webhook { url }')).toEqual({
      url: receiver.url,
    })
    await scene.deliver()
    expect(receiver.received).toEqual([])
    expect(await scene.db.webhookDelivery.count()).toBe(0)
  })

  test('returns NotFoundError for every operation if it does not exist', async () => {
    const absent = globalId('Webhook', '00000000-0000-4000-8000-000000000000')
    for (const webhookId of [absent, globalId('Plugin', 'inbox-helper'), 'nonsense']) {
      for (const name of ['updateWebhook', 'rotateWebhookSecret', 'removeWebhook', 'testWebhook'])
        expect(await mutate(name, { webhookId })).toMatchObject({ __typename: 'NotFoundError' })
      expect(await mutate('replayWebhookDeliveries', { webhookId, since: new Date(0) })).toMatchObject({
        __typename: 'NotFoundError',
      })
    }
  })
})

describe('deliveries', () => {
  const DELIVERIES = `query ($id: ID!, $status: WebhookDeliveryStatus, $first: Int, $after: String) { node(id: $id) { ... on Webhook {
    deliveries(status: $status, first: $first, after: $after) {
      pageInfo { hasNextPage hasPreviousPage endCursor }
      edges { node { id eventId type payload status createdAt attempts lastResult nextAttemptAt endedAt } }
    } } } }`
  const list = async (variables: object) => (await ask(DELIVERIES, variables)).node.deliveries
  type Edge = { node: { id: string; payload: { data: { setup: { plugin: string } } } } }
  const named = ({ edges }: { edges: Edge[] }) => edges.map(({ node }) => node.payload.data.setup.plugin)

  test('are listed newest first, page by page, and keep their place while others end', async () => {
    const { webhook } = await register()
    const viewer = someone()
    for (const plugin of ['one', 'two', 'three', 'four', 'five']) await write(scene.db, viewer, plugin)
    const page = await list({ id: webhook.id, status: 'PENDING', first: 2 })
    expect(named(page)).toEqual(['five', 'four'])
    expect(page.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    const { endCursor: after } = page.pageInfo
    expect(named(await list({ id: webhook.id, first: 2, after }))).toEqual(['three', 'two'])
    expect(page.edges[0].node).toMatchObject({ status: 'PENDING', attempts: 0, lastResult: null, endedAt: null })
    await scene.db
      .$executeRaw`UPDATE "WebhookDelivery" SET status = 'DEAD', "endedAt" = now() WHERE payload::text LIKE '%four%'`
    const next = await list({ id: webhook.id, status: 'PENDING', first: 2, after })
    expect(named(next)).toEqual(['three', 'two'])
    expect(named(await list({ id: webhook.id, status: 'DEAD' }))).toEqual(['four'])
    expect(named(await list({ id: webhook.id, first: 100 }))).toHaveLength(5)
    await scene.deliver()
    const [{ node }] = (await list({ id: webhook.id })).edges
    expect(node).toMatchObject({ status: 'DELIVERED', lastResult: '204', attempts: 1, nextAttemptAt: null })
    expect(node.eventId).toBe(receiver.received.at(-1)?.eventId)
    await expect(list({ id: webhook.id, after: 'nonsense' })).rejects.toThrow('cursor')
    await expect(list({ id: webhook.id, first: 101 })).rejects.toThrow('100')
  })

  test('can be replayed by id or since a time if they are dead, and others are left alone', async () => {
    const { webhook } = await register()
    const other = await register('https://other.example/')
    receiver.behave(() => answersWith(410))
    for (const plugin of ['one', 'two']) await write(scene.db, someone(), plugin)
    await scene.deliver()
    const dead = (await list({ id: webhook.id, status: 'DEAD' })).edges.map(({ node }: Edge) => node.id)
    expect(dead).toHaveLength(2)
    const REPLAY = `${ERRORS} ... on WebhookReplay { replayed webhook { url } }`
    const replay = (input: object) => mutate('replayWebhookDeliveries', { webhookId: webhook.id, ...input }, REPLAY)
    expect(await replay({})).toMatchObject({ __typename: 'InvalidInputError' })
    expect(await replay({ deliveryIds: dead, since: new Date(0) })).toMatchObject({ __typename: 'InvalidInputError' })
    expect(await replay({ deliveryIds: Array(101).fill(dead[0]) })).toMatchObject({ __typename: 'InvalidInputError' })
    expect(await replay({ deliveryIds: ['nonsense'] })).toMatchObject({ __typename: 'NotFoundError' })
    expect(await replay({ since: new Date(Date.now() + 60_000) })).toMatchObject({ replayed: 0 })
    expect(
      await mutate('replayWebhookDeliveries', { webhookId: other.webhook.id, deliveryIds: dead }, REPLAY),
    ).toMatchObject({
      replayed: 0,
    })
    expect(await replay({ deliveryIds: [dead[0], dead[0]] })).toMatchObject({
      replayed: 1,
      webhook: { url: receiver.url },
    })
    expect(await replay({ since: new Date(0) })).toMatchObject({ replayed: 1 })
    receiver.behave(() => answersWith(204))
    receiver.received.length = 0
    await scene.deliver()
    expect(receiver.received).toHaveLength(2)
  })

  test('can be found by id, but only with a key that has the scope', async () => {
    const { webhook } = await register()
    await write(scene.db, someone(), 'one')
    const { id } = (await list({ id: webhook.id })).edges[0].node
    const found = `query ($id: ID!) { node(id: $id) { __typename id } }`
    expect((await ask(found, { id })).node).toEqual({ __typename: 'WebhookDelivery', id })
    for (const of of [id, webhook.id]) {
      expect((await ask(found, { id: of }, keyWith('plugins:write'))).node).toBeNull()
      expect(
        (await ask(found, { id: of }, { kind: 'user', viewer: { ...someone(), isOperator: true } })).node,
      ).toBeNull()
    }
  })
})

test('a user, an operator or a key without the scope cannot manage webhooks', async () => {
  const { webhook } = await register()
  const operator: Caller = { kind: 'user', viewer: { ...someone(), isOperator: true } }
  for (const caller of [operator, keyWith('plugins:write')]) {
    await expect(ask('{ webhooks { id } }', {}, caller)).rejects.toMatchObject({ name: 'ForbiddenError' })
    const inputs = {
      registerWebhook: { url: 'https://host.example/' },
      updateWebhook: { webhookId: webhook.id, events: [] },
      rotateWebhookSecret: { webhookId: webhook.id },
      removeWebhook: { webhookId: webhook.id },
      testWebhook: { webhookId: webhook.id },
      replayWebhookDeliveries: { webhookId: webhook.id, since: new Date(0) },
    }
    for (const [name, input] of Object.entries(inputs)) {
      expect(await mutate(name, input, ERRORS, caller)).toMatchObject({ __typename: 'ForbiddenError' })
    }
  }
  expect(await scene.db.webhookEndpoint.count()).toBe(1)
  expect(receiver.received).toEqual([])
})

test('operators can manage webhooks on the command line', async () => {
  const context = { keyIds: [], say: () => expect.unreachable() }
  const run = (command: string, args: string[] = [], options: Record<string, string | true> = {}) =>
    WEBHOOK_COMMANDS[command]
      ?.run({ ...context, deps: scene.deps as CommandContext['deps'] }, args, options)
      .then(({ text }) => text) ?? Promise.reject(command)
  expect(await run('list-webhooks')).toBe('There are no webhooks.')
  const [id = '', secretLine] = (await run('register-webhook', [receiver.url, 'setup.ready'])).split('\n')
  expect(secretLine).toMatch(/whsec_\S{44}$/)
  expect(await run('test-webhook', [id])).toBe('Delivered: 204.')
  expect(await run('rotate-webhook-secret', [id])).toMatch(/whsec_[\s\S]+The previous secret stays valid until/)
  receiver.behave(() => answersWith(410))
  await write(scene.db, someone(), 'one')
  await scene.deliver()
  expect(await run('list-webhooks')).toBe(`${id}  ${receiver.url}  setup.ready  0 pending, 1 dead`)
  const dead = await run('list-deliveries', [id], { dead: true })
  expect(dead).toMatch(/setup\.ready {2}DEAD {2}tries: 1 {2}410$/)
  expect(await run('replay-webhook', [id, dead.split(' ')[0] ?? ''])).toBe('1 dead deliveries are pending again.')
  expect(await run('replay-webhook', [id], { since: '2020-01-01' })).toBe('0 dead deliveries are pending again.')
  await expect(run('replay-webhook', [id], { since: 'lately' })).rejects.toThrow('--since')
  await expect(run('remove-webhook', ['nonsense'])).rejects.toThrow('list-webhooks')
  expect(await run('remove-webhook', [id])).toContain(receiver.url)
  expect(await run('list-webhooks')).toBe('There are no webhooks.')
})

async function expireFormerSecrets(id: string): Promise<void> {
  const recordId = parseGlobalId(id)?.id ?? ''
  const binding = { organization: '', userId: '', recordId, field: 'webhook.secret' } as const
  const row = await scene.db.webhookEndpoint.findUniqueOrThrow({ where: { id: recordId } })
  const secrets: { until: string | null }[] = JSON.parse(await scene.vault.open(row.sealed, binding))
  const past = secrets.map((secret) => ({
    ...secret,
    until: secret.until && new Date(Date.now() - 1_000).toISOString(),
  }))
  const sealed = await scene.vault.seal(JSON.stringify(past), binding)
  await scene.db.webhookEndpoint.update({ where: { id: recordId }, data: { sealed } })
}
