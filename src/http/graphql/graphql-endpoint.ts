import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { EnvelopArmor } from '@escape.tech/graphql-armor'
import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  type ValidationContext,
  validate,
} from 'graphql'
import { createYoga, type GraphiQLOptions, type Plugin } from 'graphql-yoga'
import type { ConnectionsConfig } from '../../config/environment.js'
import { type BrowserChannel, NO_BROWSER } from '../../domain/authorization/browser-binding.js'
import { ForbiddenError, NotAdmittedError } from '../../domain/errors.js'
import type { Caller } from '../../domain/identity/caller.js'
import { RateLimitedError } from '../../domain/rate-limit/rate-limited-error.js'
import { currentRequest } from '../../observability/request-scope.js'
import type { ServerTelemetry } from '../../observability/telemetry.js'
import type { Authenticate } from '../authentication/authenticate.js'
import { AuthenticationError, challengeOf } from '../authentication/authentication-error.js'
import { renderExplorer } from '../development/explorer.js'
import { browserOf } from '../oauth/browser-channel.js'
import { delayRefusal } from '../refusals.js'
import type { AddressOf } from '../server/addresses.js'
import { GRAPHQL_PATH } from '../server/routes.js'
import { corsOptions } from './cors.js'
import type { DocumentMemory } from './document-memory.js'
import type { Executor } from './execution/executor.js'
import { subscribe } from './execution/subscribe.js'
import { type KeyChannel, keyChannelOf } from './idempotency/idempotency-key.js'
import { coercedVariables } from './limits/coerced-variables.js'
import { excessOf, excessOfText } from './limits/document-limits.js'
import { repeatedListsRule } from './limits/repeated-lists.js'
import { withoutSuggestions } from './no-suggestions.js'
import { observeAnswers, observeSteps } from './observe-operations.js'
import { OpenCounts, tooMuchOpen } from './open-counts.js'
import type { Preparations } from './preparations.js'
import { tooManyRequests } from './too-many-requests.js'

const MAX_VALIDATION_ERRORS = 10

/** The surroundings of an operation: a request and its response over HTTP, or a WebSocket. */
export interface ServerContext {
  /** Over HTTP. */
  req?: IncomingMessage
  res?: ServerResponse
  /** The caller, once it is known. A promise is rejected with what is sent to a caller that isn't authenticated. */
  caller?: Caller | Promise<Caller>
  /** To be called once the caller is known. */
  accepted?: () => void
}

export interface EndpointOptions {
  schema: GraphQLSchema
  createContext: (caller: Caller, browser: BrowserChannel, idempotency?: KeyChannel) => object
  publicUrl: string
  authenticate: Authenticate
  addressOf: AddressOf
  documents: DocumentMemory
  preparations: Preparations
  connections: ConnectionsConfig
  /** Executes operations of the schema. */
  execute: Executor
  telemetry: ServerTelemetry
  isAllowedOrigin: (origin: string | null | undefined) => boolean
  /** Whether there is introspection, and errors suggest names. */
  explorable: boolean
  graphiql: ((request: Request) => Promise<GraphiQLOptions>) | undefined
}

export function createGraphQLEndpoint(options: EndpointOptions) {
  const { documents, telemetry, isAllowedOrigin, explorable, graphiql } = options
  // Reported instead of thrown, so that a limit is a validation error like any other, with its own code and status.
  const limit = {
    propagateOnRejection: false,
    onReject: [(context: ValidationContext | null, error: GraphQLError) => context?.reportError(error)],
  }
  const armor = new EnvelopArmor({
    maxDepth: { n: 16, ...limit },
    maxAliases: { n: 30, ...limit },
    maxDirectives: { n: 50, ...limit },
    maxTokens: { n: 2_000 },
    costLimit: { maxCost: 50_000, depthCostFactor: 1.3, ...limit },
    blockFieldSuggestion: { enabled: false }, // it leaves those of enum values, input fields and variables
  }).protect()
  return createYoga<ServerContext, object>({
    schema: options.schema,
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    graphiql: graphiql ? (request) => graphiql(request) : false,
    renderGraphiQL: renderExplorer,
    batching: false,
    multipart: false,
    parserAndValidationCache: false, // it counts documents whatever their size, and keeps invalid ones too
    logging: false,
    cors: (request) => {
      const origin = request.headers.get('origin')
      return origin !== null && isAllowedOrigin(origin) ? corsOptions(origin) : false
    },
    maskedErrors: { maskError: (error) => masked(error, telemetry) },
    plugins: [
      authenticatingFirst((request) => callerOf(request, options), options),
      withContext(async ({ req, res, caller }) => {
        if (!caller) throw new Error('nothing is executed before the caller is known')
        if (!req || !res) return options.createContext(await caller, NO_BROWSER)
        return options.createContext(await caller, browserOf(req, res, options.publicUrl), keyChannelOf(req, res))
      }),
      rememberingIn(documents),
      executingWith(options.execute),
      unbuffered,
      limitingStreams(options.connections.eventStreamsPerUser),
      observeSteps,
      observeAnswers(telemetry),
      ...armor.plugins,
      cheapToValidate({ hideSuggestions: !explorable }),
      ...(explorable ? [] : [withoutIntrospection, withoutSuggestions]),
    ],
  })
}

/**
 * Lets nobody cost more than reading their token, unless it is accepted: neither the parser nor the validation runs. Then
 * documents that aren't remembered take turns.
 */
function authenticatingFirst(
  callerOf: (request: IncomingMessage) => Promise<Caller>,
  { documents, preparations }: Pick<EndpointOptions, 'documents' | 'preparations'>,
): Plugin<object, ServerContext> {
  return {
    async onParams({ params, context, setResult }) {
      const { req } = context
      if (!req) return
      try {
        context.caller = await (context.caller ?? callerOf(req))
        context.accepted?.()
        if (params.query && !documents.get(params.query)) await preparations.turnOf(context.caller)
      } catch (error) {
        setResult({ errors: [error as GraphQLError] })
      }
    },
  }
}

/** Copies getters as they are. Yoga would copy their values, and some getters throw for some callers. */
function withContext(create: (initial: ServerContext) => Promise<object>): Plugin<ServerContext> {
  return {
    async onContextBuilding({ context }) {
      Object.defineProperties(context, Object.getOwnPropertyDescriptors(await create(context)))
    },
  }
}

/** Parses and validates only documents that aren't remembered. Remembers the valid documents of authenticated callers. */
function rememberingIn(documents: DocumentMemory): Plugin {
  const remember = ({ document, contextValue }: { document: DocumentNode; contextValue: unknown }) => {
    const { params } = contextValue as { params: { query: string } }
    documents.remember(params.query, document)
  }
  return {
    onParse({ params, setParsedDocument }) {
      const known = documents.get(params.source as string)
      if (known) setParsedDocument(known)
    },
    onValidate({ params, setResult }) {
      if (documents.isValid(params.documentAST)) setResult([])
    },
    onExecute: ({ args }) => remember(args),
    onSubscribe: ({ args }) => remember(args),
  }
}

/** Executes with plans. Yoga's own executor only says what is wrong with an operation's name or variables. */
function executingWith(execute: Executor): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args) => withOperation(args, (operation) => (operation ? execute(operation) : executeFn(args))))
    },
    onSubscribe({ subscribeFn, setSubscribeFn }) {
      setSubscribeFn((args) =>
        withOperation(args, (operation) =>
          operation ? subscribe(operation, () => args.contextValue, execute) : subscribeFn(args),
        ),
      )
    },
  }
}

/** Asks proxies to pass on each event as it is: nginx heeds the one header, and whatever compresses the other. */
const unbuffered: Plugin = {
  onResponse({ response: { headers } }) {
    if (!headers.get('content-type')?.startsWith('text/event-stream')) return
    headers.set('x-accel-buffering', 'no')
    headers.set('cache-control', 'no-cache, no-transform')
  },
}

/** Lets each caller keep only so many subscriptions open over HTTP. */
function limitingStreams(limit: number): Plugin<ServerContext> {
  const open = new OpenCounts({ user: limit, 'api-key': limit })
  return {
    async onSubscribe({ args, setResultAndStopExecution }) {
      const { res, caller: known } = args.contextValue as ServerContext
      const caller = await known
      if (!res || !caller || res.destroyed) return
      if (open.add(caller)) return void res.once('close', () => open.remove(caller))
      await delayRefusal()
      setResultAndStopExecution({
        errors: [tooMuchOpen('event-streams', `You already have ${limit} event streams. Close one of them first.`)],
      })
    },
  }
}

/** Does something with an operation, or with undefined if there is no such operation or a variable isn't valid. */
function withOperation<T>(args: ExecutionArgs, work: (operation: ReturnType<typeof coercedOperation>) => T) {
  try {
    return work(coercedOperation(args))
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] }
    throw error
  }
}

function coercedOperation({ schema, document, operationName, rootValue, contextValue, variableValues }: ExecutionArgs) {
  const operation = getOperationAST(document, operationName)
  if (!operation) return undefined
  const coerced = coercedVariables(schema, operation, variableValues)
  return coerced && { schema, document, operation, rootValue, contextValue, variableValues: coerced }
}

/** Neither parses nor validates what would take long. Reports only so many errors, because they take longest. */
function cheapToValidate(options: { hideSuggestions: boolean }): Plugin {
  return {
    onParse({ params, setParseFn }) {
      const excess = excessOfText(params.source as string)
      if (!excess) return
      setParseFn(() => {
        throw excess
      })
    },
    onValidate({ params, addValidationRule, setValidationFn, setResult }) {
      addValidationRule(repeatedListsRule)
      setValidationFn(((schema, document, rules) =>
        validate(schema, document, rules, { ...options, maxErrors: MAX_VALIDATION_ERRORS })) as typeof validate)
      const excess = excessOf(params.documentAST)
      if (excess) setResult([excess])
    },
  }
}

const withoutIntrospection: Plugin = {
  onValidate: ({ addValidationRule }) => addValidationRule(NoSchemaIntrospectionCustomRule),
}

export type GraphQLEndpoint = ReturnType<typeof createGraphQLEndpoint>

/** @throws GraphQLError if the caller isn't authenticated, with the response's status */
export function callerOf(
  request: IncomingMessage,
  { authenticate, addressOf, telemetry }: Pick<EndpointOptions, 'authenticate' | 'addressOf' | 'telemetry'>,
): Promise<Caller> {
  return authenticate(request.headers.authorization, () => addressOf(request)).catch((error) =>
    refuse(error, telemetry),
  )
}

/**
 * Builds the response to a failed authentication, in the format of GraphQL over HTTP. If authentication wasn't possible
 * at all, that is not a 401.
 */
function refuse(error: unknown, telemetry: ServerTelemetry): never {
  if (error instanceof AuthenticationError) {
    const headers = { 'www-authenticate': challengeOf(error.reason) }
    throw new GraphQLError(error.message, { extensions: { code: 'UNAUTHENTICATED', http: { status: 401, headers } } })
  }
  const { message, extensions } = masked(error, telemetry)
  throw new GraphQLError(message, { extensions: { http: { status: 503 }, ...extensions } })
}

/** How a refusal looks if no result has a member for it. */
function refusalOf(error: Error): Record<string, unknown> | undefined {
  if (error instanceof ForbiddenError) return { code: 'FORBIDDEN' }
  if (error instanceof NotAdmittedError) return { code: 'UNAUTHENTICATED', http: { status: 401 } }
  if (error instanceof RateLimitedError) return tooManyRequests(error.limit, error.retryAfterSeconds)
  return undefined
}

/** Returns what clients may read of an error. The rest is logged under the request's id, which they can quote. */
export function masked(error: unknown, telemetry: ServerTelemetry): GraphQLError {
  const located = error instanceof GraphQLError ? error : undefined
  const original = located ? located.originalError : error
  if (located && (original === undefined || original instanceof GraphQLError)) return located
  const place = { nodes: located?.nodes ?? null, path: located?.path ?? null }
  const refusal = original instanceof Error ? refusalOf(original) : undefined
  if (refusal) return new GraphQLError((original as Error).message, { ...place, extensions: refusal })
  const requestId = currentRequest()?.requestId ?? randomUUID()
  telemetry.requestFailed(requestId, original)
  const message = `Something went wrong on our side. Try again. If the problem persists, contact support and quote ${requestId}.`
  return new GraphQLError(message, { ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } })
}
