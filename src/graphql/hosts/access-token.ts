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
import { CONNECTOR, CONNECTOR_ID, readId, readNamed, readSkillId } from '../ids.js'
import { ExternalAccount } from '../users/connected-account.js'
import { readIdentity, UserIdentityInput } from './user-identity.js'

builder.objectType(AccessTokenUnavailableError, {
  name: 'AccessTokenUnavailableError',
  description: 'No token is available right now. Says why, and what to show the user.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    reason: t.expose('reason', { type: AccessTokenUnavailableReason, description: 'For programs.' }),
    remedy: t.expose('remedy', {
      type: Remedy,
      nullable: true,
      description: 'What the user can do; null if it’s not up to the user.',
    }),
    missingScopes: t.stringList({
      description: 'The scopes that the user hasn’t granted, if that’s the reason.',
      resolve: ({ missingScopes }) => [...missingScopes],
    }),
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      nullable: true,
      description: 'Seconds after which a retry may succeed; null if only the remedy helps.',
    }),
  }),
})

const ApiHeader = builder.objectRef<{ name: string; value: string }>('ApiHeader').implement({
  description: 'A header of requests to the app’s API.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The header’s name.' }),
    value: t.exposeString('value', { description: 'The header’s value.' }),
  }),
})

const ApiAccessRef = builder.objectRef<IssuedToken>('ApiAccess').implement({
  description: 'How to call the app’s API.',
  fields: (t) => ({
    baseUrl: t.string({
      nullable: true,
      description: 'The address below which this account’s API is; null if Patchbay doesn’t know it.',
      resolve: ({ api }) => api.baseUrl,
    }),
    headers: t.field({
      type: [ApiHeader],
      description: 'The headers that each request needs, with the token in the one that takes it.',
      resolve: ({ api, accessToken }) => [
        { name: api.header, value: api.scheme === '' ? accessToken : `${api.scheme} ${accessToken}` },
        ...Object.entries(api.headers).map(([name, value]) => ({ name, value })),
      ],
    }),
  }),
})

const IssuedAccessToken = builder.objectRef<IssuedToken>('IssuedAccessToken').implement({
  description:
    'An access token for one user’s account at the app. Keep it in memory only, and request a new one when it expires.',
  fields: (t) => ({
    accessToken: t.exposeString('accessToken', {
      description: 'The token. Send it as `Authorization: Bearer …`, or as `api` says.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it expires, by this server’s clock; null if the app didn’t say.',
      resolve: ({ expiresInMs }) => (expiresInMs === null ? null : new Date(Date.now() + expiresInMs)),
    }),
    expiresInSeconds: t.int({
      nullable: true,
      description: 'Seconds until it expires; null if the app didn’t say.',
      resolve: ({ expiresInMs }) => (expiresInMs === null ? null : Math.floor(expiresInMs / 1000)),
    }),
    scopes: t.stringList({ description: 'The scopes that the token has.', resolve: ({ scopes }) => [...scopes] }),
    version: t.exposeInt('version', {
      description:
        'Increases with every new token of the connection. If the app rejects this one, pass it as `rejectedVersion`.',
    }),
    connectionId: t.id({
      description: 'Id of the ConnectedAccount.',
      resolve: ({ connectionId }) => globalId('ConnectedAccount', connectionId),
    }),
    account: t.expose('account', {
      type: ExternalAccount,
      nullable: true,
      description: 'The account at the app; null if the app doesn’t identify accounts.',
    }),
    metadata: t.expose('metadata', {
      type: 'JSON',
      description:
        'Values that requests to the app need, such as the address of this account’s API: an object from name to text. docs/connectors.md says which.',
    }),
    api: t.field({
      type: ApiAccessRef,
      description: 'How to call the app’s API with this token.',
      resolve: (token) => token,
    }),
  }),
})

const IssueAccessTokenInput = builder.inputType('IssueAccessTokenInput', {
  description: 'Which user and app the token is for, and what it’s needed for.',
  fields: (t) => ({
    user: t.field({ type: UserIdentityInput, required: true, description: 'The user that the skill acts for.' }),
    connector: t.string({ description: CONNECTOR }),
    connectorId: t.id({ description: CONNECTOR_ID }),
    skillId: t.id({
      description:
        'Id of the Skill that acts. The token is for the account that its plugin’s setup uses, and is refused while scopes that the skill needs are missing.',
    }),
    setupId: t.id({ description: 'Id of the PluginSetup, to use the account that its step uses.' }),
    connectionId: t.id({ description: 'Id of a ConnectedAccount, to choose one account.' }),
    minTtlSeconds: t.int({
      defaultValue: DEFAULT_MIN_TTL_SECONDS,
      description: `The minimum remaining lifetime of the token, in seconds: 0 to ${MAX_MIN_TTL_SECONDS}.`,
    }),
    rejectedVersion: t.int({
      description:
        'The `version` of a token that the app rejected. Patchbay doesn’t issue it again: it renews access, or finds that the connection is broken.',
    }),
  }),
})

builder.mutationField('issueAccessToken', (t) =>
  t.field({
    skipTypeScopes: true,
    authScopes: { key: 'tokens:issue' },
    type: IssuedAccessToken,
    description:
      'Issues a live access token for one user’s connector, or says why there is none. The user’s activity lists every token issued. For API keys with the scope tokens:issue.',
    errors: { types: [AccessTokenUnavailableError, NotFoundError, InvalidInputError] },
    args: { input: t.arg({ type: IssueAccessTokenInput, required: true, description: 'What the token is for.' }) },
    resolve: (_root, { input }, { key, services }) =>
      services.issueAccessToken(key, {
        user: readIdentity(input.user),
        connectorSlug: readNamed('Connector', { either: input.connector, id: input.connectorId }),
        setupId: input.setupId == null ? null : readId('PluginSetup', input.setupId),
        skill: input.skillId == null ? null : readSkillId(input.skillId),
        connectionId: input.connectionId == null ? null : readId('ConnectedAccount', input.connectionId),
        minTtlSeconds: input.minTtlSeconds ?? DEFAULT_MIN_TTL_SECONDS,
        rejectedVersion: input.rejectedVersion ?? null,
      }),
  }),
)
