import { FAILURE_REASONS, FAILURE_STAGES } from '../../domain/ports/failure-cause.js'
import type { ConnectorFailure } from '../../domain/publishing/connector-failures.js'
import { FAILURE_ADVICE } from '../../domain/view/failure-advice.js'
import { builder } from '../builder.js'
import { ConnectorRef } from '../refs.js'

const STAGES: Record<(typeof FAILURE_STAGES)[number], string> = {
  CALLBACK: 'The consent screen sent the browser back with an error.',
  EXCHANGE: 'Exchanging the code for tokens.',
  IDENTITY: 'Asking the app which account the new tokens belong to.',
  REFRESH: 'Renewing the tokens of a connection.',
  CHECK: 'Asking the app whether it still accepts a connection.',
  REVOCATION: 'Revoking tokens that are no longer needed.',
  DISCOVERY: 'Reading an issuer’s metadata.',
}

const FailureStage = builder.enumType('FailureStage', {
  description: 'What Patchbay was doing when it failed.',
  values: Object.fromEntries(FAILURE_STAGES.map((stage) => [stage, { description: STAGES[stage] }])) as Record<
    (typeof FAILURE_STAGES)[number],
    { description: string }
  >,
})

const FailureReason = builder.enumType('FailureReason', {
  description:
    'What went wrong at an app, in one word. It is also the label of the metric patchbay_app_failures_total.',
  values: Object.fromEntries(
    FAILURE_REASONS.map((reason) => [reason, { description: FAILURE_ADVICE[reason] }]),
  ) as Record<(typeof FAILURE_REASONS)[number], { description: string }>,
})

const ConnectorFailureRef = builder.objectRef<ConnectorFailure>('ConnectorFailure').implement({
  description:
    'Why a connector fails: authorizations that failed, and connections whose last refresh or check did. Those with the same cause are one entry. Says nothing about whose they are.',
  fields: (t) => ({
    stage: t.expose('stage', { type: FailureStage, description: 'What Patchbay was doing.' }),
    reason: t.expose('reason', { type: FailureReason, description: 'What went wrong, for programs.' }),
    advice: t.string({
      description: 'What went wrong and what to do, for people to read.',
      resolve: ({ reason }) => FAILURE_ADVICE[reason],
    }),
    host: t.exposeString('host', {
      nullable: true,
      description: 'The host that was asked. Null for what a browser brought.',
    }),
    httpStatus: t.exposeInt('httpStatus', {
      nullable: true,
      description: 'The status of the app’s response, if there was one.',
    }),
    providerCode: t.exposeString('providerCode', {
      nullable: true,
      description: 'The app’s error code, if it sent one.',
    }),
    providerDescription: t.exposeString('providerDescription', {
      nullable: true,
      description:
        'What the app said the last time: at most 300 characters, without secrets and email addresses. In the stage CALLBACK, the browser may have changed it.',
    }),
    count: t.exposeInt('count', {
      description: 'How many of the latest 500 failed authorizations and 500 failing connections have this cause.',
    }),
    latestAt: t.expose('latestAt', { type: 'DateTime', description: 'When it failed last.' }),
  }),
})

builder.objectField(ConnectorRef, 'recentFailures', (t) =>
  t.field({
    type: [ConnectorFailureRef],
    nullable: true,
    authScopes: { operator: true, key: 'connectors:write' },
    description:
      'Why this connector has failed lately, at most 20 different causes, the latest first. Operators see failures of their own organization, API keys those of all. For operators and API keys with the scope connectors:write.',
    resolve: ({ item }, _args, { failures }) => failures.load(item.slug),
  }),
)
