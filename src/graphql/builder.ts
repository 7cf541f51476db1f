import SchemaBuilder from '@pothos/core'
import ErrorsPlugin from '@pothos/plugin-errors'
import PrismaPlugin from '@pothos/plugin-prisma'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { DateTimeResolver, JSONResolver, URLResolver } from 'graphql-scalars'
import { ForbiddenError } from '../domain/errors.js'
import type { ApiKeyScope } from '../domain/identity/api-key-caller.js'
import type { Caller } from '../domain/identity/caller.js'
import type PrismaTypes from '../generated/pothos-types.js'
import { getDatamodel } from '../generated/pothos-types.js'
import { noteRefusal } from '../observability/request-scope.js'
import { admittedBy } from './admitted-by.js'
import type { Context } from './context.js'
import { NODE_ID } from './ids.js'
import { MAX_PAGE_SIZE, PAGE_SIZE } from './pages.js'

export const builder = new SchemaBuilder<{
  Context: Context
  PrismaTypes: PrismaTypes
  DefaultFieldNullability: false
  DefaultEdgesNullability: false
  DefaultNodeNullability: false
  AuthScopes: {
    /** The user's own token. */
    user: boolean
    /** The user's own token or a setup session. */
    person: boolean
    /** A user whose token has the operator role. */
    operator: boolean
    /** An API key with this scope. */
    key: ApiKeyScope
  }
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
    URL: { Input: URL; Output: URL | string }
    JSON: { Input: unknown; Output: unknown }
  }
}>({
  // Check permissions within the plugin that turns errors into typed ones, so that refusals become typed errors too.
  plugins: [ErrorsPlugin, ScopeAuthPlugin, RelayPlugin, PrismaPlugin],
  defaultFieldNullability: false,
  errors: {
    directResult: true,
    defaultTypes: [ForbiddenError],
    onResolvedError: noteRefusal,
    defaultUnionOptions: {
      description: 'The result, or a typed error whose message says what to do.',
      name: ({ fieldName }) => `${fieldName[0]?.toUpperCase()}${fieldName.slice(1)}Result`,
    },
  },
  scopeAuth: {
    authorizeOnSubscribe: true,
    unauthorizedError: (_parent, { caller }, _info, { failure }) =>
      new ForbiddenError(nameOf(caller), admittedBy(failure)),
    authScopes: ({ caller }) => ({
      user: caller.kind === 'user' && caller.viewer.session === null,
      person: caller.kind === 'user',
      operator: caller.kind === 'user' && caller.viewer.session === null && caller.viewer.isOperator,
      key: (scope) => caller.kind === 'api-key' && caller.key.scopes.has(scope),
    }),
  },
  relay: {
    edgesFieldOptions: { nullable: false, description: 'The items on this page, each with its cursor.' },
    nodeFieldOptions: { nullable: false, description: 'The item.' },
    cursorFieldOptions: { description: 'Pass it as `after` to continue after this item.' },
    pageInfoFieldOptions: { description: 'Information about this page.' },
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    nodeTypeOptions: { description: 'Any object that `node` can find by its id.' },
    idFieldOptions: { description: NODE_ID },
    hasNextPageFieldOptions: { description: 'Whether there are more items after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there are items before this page.' },
    startCursorFieldOptions: { description: 'The cursor of the first item.' },
    endCursorFieldOptions: { description: 'The cursor of the last item. Pass it as `after` to get the next page.' },
    firstArgOptions: {
      description: `Page size, at most ${MAX_PAGE_SIZE}. The default is ${PAGE_SIZE}.`,
    },
    lastArgOptions: { description: 'Page size, counted from the end.' },
    afterArgOptions: { description: 'Return items after this cursor.' },
    beforeArgOptions: { description: 'Return items before this cursor.' },
    pageInfoTypeOptions: { description: 'Information about a page.' },
  },
  prisma: {
    client: (context: Context) => context.db,
    dmmf: getDatamodel(),
    defaultConnectionSize: PAGE_SIZE,
    maxConnectionSize: MAX_PAGE_SIZE,
  },
})

builder.queryType({ description: 'Everything you can read. You see it as the user that your token identifies.' })
builder.mutationType({
  // By default, neither setup sessions nor API keys are allowed.
  authScopes: { user: true },
  description:
    'Everything you can change. Every mutation returns its result or a typed error whose message says what to do. Over HTTP, those that create something take an Idempotency-Key header: see docs/api.md.',
})
builder.subscriptionType({
  authScopes: { user: true },
  description: 'Everything you can subscribe to: the state as it is now, then again on every change.',
})

builder.addScalarType('DateTime', DateTimeResolver)
builder.addScalarType('URL', URLResolver)
builder.addScalarType('JSON', JSONResolver)

function nameOf(caller: Caller): 'user' | 'setup-session' | 'api-key' {
  if (caller.kind === 'api-key') return 'api-key'
  return caller.viewer.session ? 'setup-session' : 'user'
}
