import { DuplicateWebhookError, InvalidInputError, NotFoundError, TooManyWebhooksError } from '../../domain/errors.js'
import { inWords } from '../../domain/formats.js'
import { globalId } from '../../domain/global-id.js'
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
  description: 'One event on its way to one webhook.',
  fields: (t) => ({
    id: t.id({ description: 'The same for ever.', resolve: ({ id }) => globalId('WebhookDelivery', id) }),
    eventId: t.exposeID('eventId', {
      description: 'The header webhook-id: the same in each try and at each webhook, to know what you have seen.',
    }),
    type: t.exposeString('type', { description: 'What happened, such as `setup.ready`.' }),
    payload: t.expose('payload', { type: 'JSON', description: 'What is sent. Never carries tokens or secrets.' }),
    status: t.expose('status', { type: WebhookDeliveryStatus, description: 'How far it is.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it happened.' }),
    attempts: t.exposeInt('attempts', {
      description: 'How often it was tried, since it was written or replayed.',
    }),
    lastResult: t.exposeString('lastResult', {
      nullable: true,
      description:
        'What came of the last try: the HTTP status of your answer, or a word such as TIMED_OUT; null before the first.',
    }),
    nextAttemptAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it is tried next at the earliest; null once it has ended.',
      resolve: ({ status, dueAt }) => (status === 'PENDING' ? dueAt : null),
    }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was delivered or given up.',
    }),
  }),
})

const WebhookDeliveryConnection = builder.connectionObject(
  { type: WebhookDeliveryRef, name: 'WebhookDeliveryConnection', description: 'A page of deliveries.' },
  { name: 'WebhookDeliveryEdge', description: 'A delivery in a page.' },
)

export const WebhookRef = builder.objectRef<Webhook>('Webhook').implement({
  interfaces: [builder.nodeInterfaceRef()],
  description:
    'An address of your back end that is told, by signed POST requests, what happens to users’ connections and setups.',
  fields: (t) => ({
    id: t.id({ description: 'The same for ever.', resolve: ({ id }) => globalId('Webhook', id) }),
    url: t.exposeString('url', { description: 'Where events are posted.' }),
    events: t.exposeStringList('events', {
      description: 'The types of events it is told, such as `connection.broken`; empty: all.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered.' }),
    deliveries: t.field({
      type: WebhookDeliveryConnection,
      description: `What it was told and will be, the newest first. Delivered ones are kept for ${DELIVERED_KEPT_DAYS} days, dead ones for ${DEAD_KEPT_DAYS}.`,
      args: {
        status: t.arg({ type: WebhookDeliveryStatus, description: 'Only those that stand so.' }),
        ...PAGE_ARGS,
      },
      resolve: ({ id }, { status, ...page }, { db }) =>
        pageBehind(
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
        ),
    }),
  }),
})

const WebhookSecretRef = builder.objectRef<WebhookSecret>('WebhookSecret').implement({
  description: 'A webhook with the secret by which you verify what it is sent. Shown this once: keep it.',
  fields: (t) => ({
    webhook: t.field({ type: WebhookRef, description: 'The webhook.', resolve: ({ webhook }) => webhook }),
    secret: t.exposeString('secret', {
      description: 'Begins with whsec_. Pass it to a library of Standard Webhooks, as it is.',
    }),
    formerUntil: t.expose('formerUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when the secret before this one signs beside it; null when there was none.',
    }),
  }),
})

const WebhookTestRef = builder.objectRef<WebhookTest>('WebhookTest').implement({
  description: 'What came of a test event.',
  fields: (t) => ({
    delivered: t.exposeBoolean('delivered', { description: 'Whether your back end answered with a 2xx.' }),
    result: t.exposeString('result', {
      description: 'The HTTP status of the answer, or why there was none: UNREACHABLE, TIMED_OUT, PRIVATE_ADDRESS.',
    }),
  }),
})

const WebhookReplay = builder.objectRef<{ webhook: Webhook; replayed: number }>('WebhookReplay').implement({
  description: 'What a replay did.',
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
    url: t.string({ required: true, description: 'Where to post: https, on the public internet.' }),
    events: t.stringList({ description: `${EVENTS}. All of them when empty or left out.` }),
  }),
})

const UpdateWebhookInput = builder.inputType('UpdateWebhookInput', {
  description: 'What to change. What is left out stays as it is.',
  fields: (t) => ({
    webhookId: t.id(webhookId),
    url: t.string({ description: 'Where to post from now on, what is pending too.' }),
    events: t.stringList({ description: `${EVENTS}. All of them when empty.` }),
  }),
})

const RotateWebhookSecretInput = builder.inputType('RotateWebhookSecretInput', {
  description: 'Which webhook gets a new secret.',
  fields: (t) => ({ webhookId: t.id(webhookId) }),
})

const RemoveWebhookInput = builder.inputType('RemoveWebhookInput', {
  description: 'Which webhook to remove.',
  fields: (t) => ({ webhookId: t.id(webhookId) }),
})

const TestWebhookInput = builder.inputType('TestWebhookInput', {
  description: 'Which webhook to try.',
  fields: (t) => ({ webhookId: t.id(webhookId) }),
})

const ReplayWebhookDeliveriesInput = builder.inputType('ReplayWebhookDeliveriesInput', {
  description: 'What to send again. Pass exactly one of deliveryIds and since.',
  fields: (t) => ({
    webhookId: t.id(webhookId),
    deliveryIds: t.idList({
      description: `Ids of dead WebhookDeliveries, ${MAX_REPLAYED_IDS} at most. Others are left alone.`,
    }),
    since: t.field({ type: 'DateTime', description: 'All dead ones that were written since then.' }),
  }),
})

builder.queryField('webhooks', (t) =>
  t.field({
    type: [WebhookRef],
    authScopes: SCOPE,
    description: `For ${NEEDS}: all webhooks, the first registered first.`,
    resolve: (_root, _args, { services }) => services.listWebhooks(),
  }),
)

builder.mutationFields((t) => ({
  registerWebhook: t.field({
    skipTypeScopes: true,
    authScopes: SCOPE,
    type: WebhookSecretRef,
    description: `For ${NEEDS}: registers an address of your back end, which is told what happens from now on.`,
    errors: { types: [InvalidInputError, DuplicateWebhookError, TooManyWebhooksError] },
    args: { input: t.arg({ type: RegisterWebhookInput, required: true, description: 'The webhook.' }) },
    resolve: (_root, { input: { url, events } }, { services, caller }) =>
      services.registerWebhook(caller.kind === 'api-key' ? caller.key.id : '', { url, events: events ?? [] }),
  }),
  updateWebhook: t.field({
    skipTypeScopes: true,
    authScopes: SCOPE,
    type: WebhookRef,
    description: `For ${NEEDS}: changes where a webhook’s events go, or which.`,
    errors: { types: [InvalidInputError, DuplicateWebhookError, NotFoundError] },
    args: { input: t.arg({ type: UpdateWebhookInput, required: true, description: 'What to change.' }) },
    resolve: (_root, { input: { webhookId, ...changes } }, { services }) =>
      services.updateWebhook(readId('Webhook', webhookId), changes),
  }),
  rotateWebhookSecret: t.field({
    skipTypeScopes: true,
    authScopes: SCOPE,
    type: WebhookSecretRef,
    description: `For ${NEEDS}: makes a new secret. For ${inWords(FORMER_SECRET_MS, 'a')} the old one signs beside it, so that you can change yours at leisure.`,
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: RotateWebhookSecretInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, { services }) => services.rotateWebhookSecret(readId('Webhook', input.webhookId)),
  }),
  removeWebhook: t.field({
    skipTypeScopes: true,
    authScopes: SCOPE,
    type: WebhookRef,
    description: `For ${NEEDS}: removes a webhook and its deliveries, pending ones too. Returns it as it was.`,
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: RemoveWebhookInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, { services }) => services.removeWebhook(readId('Webhook', input.webhookId)),
  }),
  testWebhook: t.field({
    skipTypeScopes: true,
    authScopes: SCOPE,
    type: WebhookTestRef,
    description: `For ${NEEDS}: posts one signed event of the type ${TEST_EVENT_TYPE}, at once and once, and says what came of it.`,
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: TestWebhookInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, { services }) => services.testWebhook(readId('Webhook', input.webhookId)),
  }),
  replayWebhookDeliveries: t.field({
    skipTypeScopes: true,
    authScopes: SCOPE,
    type: WebhookReplay,
    description: `For ${NEEDS}: makes dead deliveries pending again, for ${inWords(RETRY_WINDOW_MS, 'another')}. Those of one user go out in their order.`,
    errors: { types: [NotFoundError, InvalidInputError] },
    args: { input: t.arg({ type: ReplayWebhookDeliveriesInput, required: true, description: 'Which ones.' }) },
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
