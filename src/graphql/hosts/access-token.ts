import { InvalidInputError, NotFoundError } from '../../domain/errors.js'
import { globalId } from '../../domain/global-id.js'
import {
  DEFAULT_MIN_TTL_SECONDS,
  type IssuedToken,
  MAX_MIN_TTL_SECONDS,
} from '../../domain/token/issue-access-token.js'
import { AccessTokenUnavailableError } from '../../domain/token/token-unavailable.js'
import { builder } from '../builder.js'
import { AccessTokenUnavailableReason, Remedy } from '../enums.js'
import { ErrorInterface } from '../errors.js'
import { readId, readSkillId } from '../ids.js'
import { ExternalAccount } from '../users/connected-account.js'
import { readIdentity, UserIdentityInput } from './user-identity.js'

builder.objectType(AccessTokenUnavailableError, {
  name: 'AccessTokenUnavailableError',
  description: 'There is no token now. It says why, and what to show to the user.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    reason: t.expose('reason', { type: AccessTokenUnavailableReason, description: 'For programs.' }),
    remedy: t.expose('remedy', {
      type: Remedy,
      nullable: true,
      description: 'What helps; null when it is not the user who can.',
    }),
    missingScopes: t.stringList({
      description: 'The scopes that the user has not allowed, when that is the reason.',
      resolve: ({ missingScopes }) => [...missingScopes],
    }),
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      nullable: true,
      description: 'When trying again may help; null when only the remedy does.',
    }),
  }),
})

const IssuedAccessToken = builder.objectRef<IssuedToken>('IssuedAccessToken').implement({
  description: 'An access token of the app, for one user. Keep it in memory only, and ask again when it ends.',
  fields: (t) => ({
    accessToken: t.exposeString('accessToken', { description: 'The token, to be sent as `Authorization: Bearer …`.' }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it ends, by this server’s clock; null when the app did not say.',
      resolve: ({ expiresInMs }) => (expiresInMs === null ? null : new Date(Date.now() + expiresInMs)),
    }),
    expiresInSeconds: t.int({
      nullable: true,
      description: 'How long it lives from now; null when the app did not say.',
      resolve: ({ expiresInMs }) => (expiresInMs === null ? null : Math.floor(expiresInMs / 1000)),
    }),
    scopes: t.stringList({ description: 'What it may be used for.', resolve: ({ scopes }) => [...scopes] }),
    version: t.exposeInt('version', {
      description:
        'Grows with every new token of the connection. Pass it as rejectedVersion when the app refuses this one.',
    }),
    connectionId: t.id({
      description: 'Id of the ConnectedAccount.',
      resolve: ({ connectionId }) => globalId('ConnectedAccount', connectionId),
    }),
    account: t.expose('account', {
      type: ExternalAccount,
      nullable: true,
      description: 'Which account of the app; null where the app does not tell.',
    }),
  }),
})

const IssueAccessTokenInput = builder.inputType('IssueAccessTokenInput', {
  description: 'Whose token of which app, and what for.',
  fields: (t) => ({
    user: t.field({ type: UserIdentityInput, required: true, description: 'The user for whom the skill acts.' }),
    connectorId: t.id({ required: true, description: 'Id of the Connector.' }),
    skillId: t.id({
      description:
        'Id of the Skill that acts. The account is the one that its plugin’s setup uses, and the token is refused while scopes that the skill needs are missing.',
    }),
    setupId: t.id({ description: 'Id of the PluginSetup: the account is the one that its step uses.' }),
    connectionId: t.id({ description: 'Id of the ConnectedAccount, where one account is meant.' }),
    minTtlSeconds: t.int({
      defaultValue: DEFAULT_MIN_TTL_SECONDS,
      description: `How long the token shall live at least: 0 to ${MAX_MIN_TTL_SECONDS}.`,
    }),
    rejectedVersion: t.int({
      description:
        'The `version` of a token that the app has refused. It is not issued again: the access is renewed, or the connection found broken.',
    }),
  }),
})

builder.mutationField('issueAccessToken', (t) =>
  t.field({
    skipTypeScopes: true,
    authScopes: { key: 'tokens:issue' },
    type: IssuedAccessToken,
    description:
      'Skill runtimes, by an API key with the scope tokens:issue: a live access token for one user’s connector, or the reason why there is none. The user’s activity tells of every one.',
    errors: { types: [AccessTokenUnavailableError, NotFoundError, InvalidInputError] },
    args: { input: t.arg({ type: IssueAccessTokenInput, required: true, description: 'What for.' }) },
    resolve: (_root, { input }, { key, services }) =>
      services.issueAccessToken(key, {
        user: readIdentity(input.user),
        connectorSlug: readId('Connector', input.connectorId),
        setupId: input.setupId == null ? null : readId('PluginSetup', input.setupId),
        skill: input.skillId == null ? null : readSkillId(input.skillId),
        connectionId: input.connectionId == null ? null : readId('ConnectedAccount', input.connectionId),
        minTtlSeconds: input.minTtlSeconds ?? DEFAULT_MIN_TTL_SECONDS,
        rejectedVersion: input.rejectedVersion ?? null,
      }),
  }),
)
