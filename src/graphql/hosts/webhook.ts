import { DuplicateWebhookError, InvalidInputError, NotFoundError, TooManyWebhooksError } from '../../domain/errors.js'
import { inWords } from '../../domain/formats.js'
import { globalId } from '../../domain/global-id.js'
import { shownOnce } from '../../domain/idempotency/keyed-operation.js'
import { EVENT_TYPES } from '../../domain/webhook/events.js'
import type { WebhookSecret } from '../../domain/webhook/register-webhook.js'
import { MAX_REPLAYED_IDS } from '../../domain/webhook/replay-deliveries.js'
import { DEAD_KEPT_DAYS, DELIVERED_KEPT_DAYS, RETRY_WINDOW_MS } from '../../domain/webhook/retry.js'
import { FORMER_SECRET_MS } from '../../domain/webhook/secrets.js'
import { TEST_EVENT_TYPE, type WebhookTest } from '../../domain/webhook/test-webhook.js'
import type { Webhook } from '../../domain/webhook/webhook.js'
import { builder } from '../builder.js'
import { WebhookDeliveryStatus } from '../enums.js'
import { readId } from '../ids.js'
import { PAGE_ARGS } from '../page-args.js'
import { pageBehind } from '../pages.js'

const NEEDS = 'API keys with the scope webhooks:write'
const SCOPE = { key: 'webhooks:write' } as const

export const WebhookDeliveryRef = builder.prismaObject('WebhookDelivery', {
  interfaces: [builder.nodeInterfaceRef()],
  description: 'One event for one webhook.',
  fields: (t) => ({
    id: t.id({ description: 'A permanent id.', resolve: ({ id }) => globalId('WebhookDelivery', id) }),
    eventId: t.exposeID('eventId', {
      description:
        'The value of the webhook-id header. It’s the same for every try and every webhook, so you can detect duplicates.',
    }),
    type: t.exposeString('type', { description: 'The event type, such as `setup.ready`.' }),
    payload: t.expose('payload', {
      type: 'JSON',
      description: 'What Patchbay sends. Never contains tokens or secrets.',
    }),
    status: t.expose('status', { type: WebhookDeliveryStatus, description: 'Its status.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it happened.' }),
    attempts: t.exposeInt('attempts', {
      description: 'How often it was tried since it was created or replayed.',
    }),
    lastResult: t.exposeString('lastResult', {
      nullable: true,
      description:
        'The result of the last try: the HTTP status of your response, or a word such as TIMED_OUT; null before the first try.',
    }),
    nextAttemptAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The earliest time of the next try; null once it has ended.',
      resolve: ({ status, dueAt }) => (status === 'PENDING' ? dueAt : null),
    }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was delivered, or when Patchbay gave up.',
    }),
  }),
})

const WebhookDeliveryConnection = builder.connectionObject(
  { type: WebhookDeliveryRef, name: 'WebhookDeliveryConnection', description: 'A page of deliveries.' },
  { name: 'WebhookDeliveryEdge', description: 'One delivery in a page.' },
)

export const WebhookRef = builder.objectRef<Webhook>('Webhook').implement({
  interfaces: [builder.nodeInterfaceRef()],
  description: 'A URL of your back end that receives signed POST requests when users’ connections and setups change.',
  fields: (t) => ({
    id: t.id({ description: 'A permanent id.', resolve: ({ id }) => globalId('Webhook', id) }),
    url: t.exposeString('url', { description: 'The URL that receives events.' }),
    events: t.exposeStringList('events', {
      description: 'The event types it receives, such as `connection.broken`. Empty means all.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered.' }),
    deliveries: t.field({
      type: WebhookDeliveryConnection,
      description: `Its deliveries, newest first. Delivered ones are kept for ${DELIVERED_KEPT_DAYS} days, dead ones for ${DEAD_KEPT_DAYS}.`,
      args: {
        status: t.arg({ type: WebhookDeliveryStatus, description: 'Only deliveries with this status.' }),
        ...PAGE_ARGS,
      },
      resolve: ({ id }, { status, ...page }, { db, takePage }) => {
        takePage()
        return pageBehind(
          page,
          (take, before) =>
            db.webhookDelivery.findMany({
              where: {
                endpointId: id,
                ...(status && { status }),
                ...(before !== undefined && { sequence: { lt: before } }),
              },
              orderBy: { sequence: 'desc' },
              take,
            }),
          ({ sequence }) => sequence,
        )
      },
    }),
  }),
})

const WebhookSecretRef = builder.objectRef<WebhookSecret>('WebhookSecret').implement({
  description: 'A webhook and its signing secret. The secret is shown only once, so store it.',
  fields: (t) => ({
    webhook: t.field({ type: WebhookRef, description: 'The webhook.', resolve: ({ webhook }) => webhook }),
    secret: t.string({
      description: 'Starts with whsec_. Pass it unchanged to a Standard Webhooks library.',
      resolve: ({ secret }) => shownOnce(secret),
    }),
    formerUntil: t.expose('formerUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'How long the previous secret stays valid; null if there is none.',
    }),
  }),
})

const WebhookTestRef = builder.objectRef<WebhookTest>('WebhookTest').implement({
  description: 'The result of a test event.',
  fields: (t) => ({
    delivered: t.exposeBoolean('delivered', { description: 'Whether your back end answered with a 2xx.' }),
    result: t.exposeString('result', {
      description:
        'The HTTP status of the response, or why there was none: UNREACHABLE, TIMED_OUT, PROXY_UNREACHABLE, PROXY_REFUSED, PRIVATE_ADDRESS.',
    }),
  }),
})

const WebhookReplay = builder.objectRef<{ webhook: Webhook; replayed: number }>('WebhookReplay').implement({
  description: 'The result of a replay.',
  fields: (t) => ({
    webhook: t.field({ type: WebhookRef, description: 'The webhook.', resolve: ({ webhook }) => webhook }),
    replayed: t.exposeInt('replayed', { description: 'How many dead deliveries are pending again.' }),
  }),
})

const webhookId = { required: true, description: 'Id of the Webhook.' } as const
const EVENTS = `Types of events: ${EVENT_TYPES.join(', ')}`

const RegisterWebhookInput = builder.inputType('RegisterWebhookInput', {
  description: 'A webhook.',
  fields: (t) => ({
    url: t.string({ required: true, description: 'The URL that receives events: https, on the public internet.' }),
    events: t.stringList({ description: `${EVENTS}. Empty or left out means all.` }),
  }),
})

const UpdateWebhookInput = builder.inputType('UpdateWebhookInput', {
  description: 'What to change. Fields you leave out keep their value.',
  fields: (t) => ({
    webhookId: t.id(webhookId),
    url: t.string({ description: 'The new URL, which also receives pending deliveries.' }),
    events: t.stringList({ description: `${EVENTS}. Empty means all.` }),
  }),
})

const RotateWebhookSecretInput = builder.inputType('RotateWebhookSecretInput', {
  description: 'The webhook that gets a new secret.',
  fields: (t) => ({ webhookId: t.id(webhookId) }),
})

const RemoveWebhookInput = builder.inputType('RemoveWebhookInput', {
  description: 'The webhook to remove.',
  fields: (t) => ({ webhookId: t.id(webhookId) }),
})

const TestWebhookInput = builder.inputType('TestWebhookInput', {
  description: 'The webhook to test.',
  fields: (t) => ({ webhookId: t.id(webhookId) }),
})

const ReplayWebhookDeliveriesInput = builder.inputType('ReplayWebhookDeliveriesInput', {
  description: 'The deliveries to replay. Pass exactly one of deliveryIds and since.',
  fields: (t) => ({
    webhookId: t.id(webhookId),
    deliveryIds: t.idList({
      description: `Ids of dead WebhookDeliveries, at most ${MAX_REPLAYED_IDS}. Others are ignored.`,
    }),
    since: t.field({ type: 'DateTime', description: 'All dead deliveries created since then.' }),
  }),
})

builder.queryField('webhooks', (t) =>
  t.field({
    type: [WebhookRef],
    authScopes: SCOPE,
    description: `All webhooks, oldest first. For ${NEEDS}.`,
    resolve: (_root, _args, { services, takePage }) => {
      takePage()
      return services.listWebhooks()
    },
  }),
)

builder.mutationFields((t) => ({
  registerWebhook: t.field({
    skipTypeScopes: true,
    authScopes: SCOPE,
    type: WebhookSecretRef,
    description: `Registers a URL of your back end. It receives events from now on. For ${NEEDS}.`,
    errors: { types: [InvalidInputError, DuplicateWebhookError, TooManyWebhooksError] },
    args: { input: t.arg({ type: RegisterWebhookInput, required: true, description: 'The webhook.' }) },
    resolve: (_root, { input: { url, events } }, { services, caller }) =>
      services.registerWebhook(caller.kind === 'api-key' ? caller.key.id : '', { url, events: events ?? [] }),
  }),
  updateWebhook: t.field({
    skipTypeScopes: true,
    authScopes: SCOPE,
    type: WebhookRef,
    description: `Changes the URL or the events of a webhook. For ${NEEDS}.`,
    errors: { types: [InvalidInputError, DuplicateWebhookError, NotFoundError] },
    args: { input: t.arg({ type: UpdateWebhookInput, required: true, description: 'What to change.' }) },
    resolve: (_root, { input: { webhookId, ...changes } }, { services }) =>
      services.updateWebhook(readId('Webhook', webhookId), changes),
  }),
  rotateWebhookSecret: t.field({
    skipTypeScopes: true,
    authScopes: SCOPE,
    type: WebhookSecretRef,
    description: `Creates a new signing secret. The previous one stays valid for ${inWords(FORMER_SECRET_MS, 'a')}, so that you have time to switch. For ${NEEDS}.`,
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: RotateWebhookSecretInput, required: true, description: 'Its id.' }) },
    resolve: (_root, { input }, { services }) => services.rotateWebhookSecret(readId('Webhook', input.webhookId)),
  }),
  removeWebhook: t.field({
    skipTypeScopes: true,
    authScopes: SCOPE,
    type: WebhookRef,
    description: `Removes a webhook and its deliveries, including pending ones. Returns the webhook as it was. For ${NEEDS}.`,
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: RemoveWebhookInput, required: true, description: 'Its id.' }) },
    resolve: (_root, { input }, { services }) => services.removeWebhook(readId('Webhook', input.webhookId)),
  }),
  testWebhook: t.field({
    skipTypeScopes: true,
    authScopes: SCOPE,
    type: WebhookTestRef,
    description: `Sends one signed ${TEST_EVENT_TYPE} event right away and returns the result. For ${NEEDS}.`,
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: TestWebhookInput, required: true, description: 'Its id.' }) },
    resolve: (_root, { input }, { services }) => services.testWebhook(readId('Webhook', input.webhookId)),
  }),
  replayWebhookDeliveries: t.field({
    skipTypeScopes: true,
    authScopes: SCOPE,
    type: WebhookReplay,
    description: `Retries dead deliveries for ${inWords(RETRY_WINDOW_MS, 'another')}. Those of one user keep their order. For ${NEEDS}.`,
    errors: { types: [NotFoundError, InvalidInputError] },
    args: { input: t.arg({ type: ReplayWebhookDeliveriesInput, required: true, description: 'Their ids.' }) },
    resolve: async (_root, { input: { webhookId, deliveryIds, since } }, { services }) => {
      const id = readId('Webhook', webhookId)
      const ids = deliveryIds?.map((deliveryId) => readId('WebhookDelivery', deliveryId))
      const replayed = await services.replayDeliveries(id, { ids, since })
      const webhook = await services.findWebhook(id)
      if (!webhook) throw new NotFoundError('webhook')
      return { webhook, replayed }
    },
  }),
}))
