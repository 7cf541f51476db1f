import SchemaBuilder from '@pothos/core'
import ErrorsPlugin from '@pothos/plugin-errors'
import PrismaPlugin from '@pothos/plugin-prisma'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { DateTimeResolver, JSONResolver, URLResolver } from 'graphql-scalars'
import { ForbiddenError } from '../domain/errors.js'
import { globalId } from '../domain/global-id.js'
import type { ApiKeyScope } from '../domain/identity/api-key-caller.js'
import type { Caller } from '../domain/identity/caller.js'
import type PrismaTypes from '../generated/pothos-types.js'
import { getDatamodel } from '../generated/pothos-types.js'
import { noteRefusal } from '../observability/request-scope.js'
import type { Context } from './context.js'
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
  // What is refused is refused inside of what makes typed errors of refusals.
  plugins: [ErrorsPlugin, ScopeAuthPlugin, RelayPlugin, PrismaPlugin],
  defaultFieldNullability: false,
  errors: {
    directResult: true,
    defaultTypes: [ForbiddenError],
    onResolvedError: noteRefusal,
    defaultUnionOptions: {
      description: 'What you asked for, or a typed error whose message says what to do.',
      name: ({ fieldName }) => `${fieldName[0]?.toUpperCase()}${fieldName.slice(1)}Result`,
    },
  },
  scopeAuth: {
    authorizeOnSubscribe: true,
    unauthorizedError: (_parent, { caller }) => new ForbiddenError(nameOf(caller)),
    authScopes: ({ caller }) => ({
      user: caller.kind === 'user' && caller.viewer.session === null,
      person: caller.kind === 'user',
      operator: caller.kind === 'user' && caller.viewer.session === null && caller.viewer.isOperator,
      key: (scope) => caller.kind === 'api-key' && caller.key.scopes.has(scope),
    }),
  },
  relay: {
    encodeGlobalID: (typename, id) => globalId(typename, String(id)),
    edgesFieldOptions: { nullable: false, description: 'The items of this page, each with its cursor.' },
    nodeFieldOptions: { nullable: false, description: 'The item.' },
    cursorFieldOptions: { description: 'Pass it as `after` to go on behind this item.' },
    pageInfoFieldOptions: { description: 'Whether there is more.' },
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    nodeTypeOptions: { description: 'Anything with an id that `node` can find again.' },
    idFieldOptions: { description: 'The same for ever, and unlike any other id.' },
    hasNextPageFieldOptions: { description: 'Whether there is more behind this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there is something before this page.' },
    startCursorFieldOptions: { description: 'The cursor of the first item.' },
    endCursorFieldOptions: { description: 'The cursor of the last item: pass it as `after` for the next page.' },
    firstArgOptions: {
      description: `How many, from the beginning; ${MAX_PAGE_SIZE} at most, ${PAGE_SIZE} unless told.`,
    },
    lastArgOptions: { description: 'How many, from the end.' },
    afterArgOptions: { description: 'The cursor behind which to go on.' },
    beforeArgOptions: { description: 'The cursor before which to stop.' },
    pageInfoTypeOptions: { description: 'Where a page stands in its list.' },
  },
  prisma: {
    client: (context: Context) => context.db,
    dmmf: getDatamodel(),
    defaultConnectionSize: PAGE_SIZE,
    maxConnectionSize: MAX_PAGE_SIZE,
  },
})

builder.queryType({ description: 'What you can ask. Everything is seen as the user whom your token names.' })
builder.mutationType({
  // Unless a field says otherwise: neither setup sessions nor API keys.
  authScopes: { user: true },
  description:
    'What you can do. Every result is either what you asked for or a typed error whose message says what to do.',
})
builder.subscriptionType({
  authScopes: { user: true },
  description: 'What you can watch: the state as it stands now, then again whenever it has changed.',
})

builder.addScalarType('DateTime', DateTimeResolver)
builder.addScalarType('URL', URLResolver)
builder.addScalarType('JSON', JSONResolver)

function nameOf(caller: Caller): 'user' | 'setup-session' | 'api-key' {
  if (caller.kind === 'api-key') return 'api-key'
  return caller.viewer.session ? 'setup-session' : 'user'
}
