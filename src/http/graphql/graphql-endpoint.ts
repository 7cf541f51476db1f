import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  validate,
} from 'graphql'
import { createYoga, type GraphiQLOptions, type Plugin } from 'graphql-yoga'
import type { ConnectionsConfig } from '../../config/environment.js'
import { type BrowserChannel, NO_BROWSER } from '../../domain/authorization/browser-binding.js'
import type { Caller } from '../../domain/identity/caller.js'
import { RateLimitedError } from '../../domain/rate-limit/rate-limited-error.js'
import type { ServerTelemetry } from '../../observability/telemetry.js'
import type { Authenticate } from '../authentication/authenticate.js'
import { AuthenticationError, challengeOf } from '../authentication/authentication-error.js'
import { isFromExplorer, renderExplorer } from '../development/explorer.js'
import { browserOf } from '../oauth/browser-channel.js'
import { delayRefusal } from '../refusals.js'
import type { AddressOf } from '../server/addresses.js'
import { GRAPHQL_PATH } from '../server/routes.js'
import { answeringInForm, notAcceptable } from './answer-form.js'
import { codedError } from './coded-error.js'
import { corsOptions } from './cors.js'
import type { DocumentMemory } from './document-memory.js'
import type { Executed, Executor } from './execution/executor.js'
import { subscribe } from './execution/subscribe.js'
import { type KeyChannel, keyChannelOf } from './idempotency/idempotency-key.js'
import { coercedVariables, variableErrors } from './limits/coerced-variables.js'
import { excessOf, excessOfText } from './limits/document-limits.js'
import { queryLimits } from './limits/query-limits.js'
import { repeatedListsRule } from './limits/repeated-lists.js'
import { fault, type Masking, masked } from './masked.js'
import { withoutSuggestions } from './no-suggestions.js'
import { observeAnswers, observeSteps } from './observe-operations.js'
import { OpenCounts, tooMuchOpen } from './open-counts.js'
import { plainErrors, requestedOperation } from './plain-errors.js'
import type { Preparations } from './preparations.js'
import { misplacedParameter, readableRequests } from './readable-requests.js'
import { documentIdOf, type TrustedDocuments } from './trusted-documents.js'

const MAX_VALIDATION_ERRORS = 10
/** Takes the place of a document that nobody reads, because its request is refused. */
export const UNREAD = '{__typename}'

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
  trusted: TrustedDocuments
  preparations: Preparations
  connections: ConnectionsConfig
  /** Executes operations of the schema. */
  execute: Executor
  telemetry: ServerTelemetry
  isPassing: Masking['isPassing']
  isAllowedOrigin: (origin: string | null | undefined) => boolean
  /** Whether there is introspection, and errors suggest names. */
  explorable: boolean
  graphiql: ((request: Request) => Promise<GraphiQLOptions>) | undefined
}

export function createGraphQLEndpoint(options: EndpointOptions) {
  const { documents, telemetry, isAllowedOrigin, explorable, graphiql } = options
  return createYoga<ServerContext, object>({
    schema: options.schema,
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    graphiql: graphiql ? (request) => graphiql(request) : false,
    renderGraphiQL: renderExplorer,
    batching: false,
    multipart: false,
    extraParamNames: ['documentId'],
    parserAndValidationCache: false, // it counts documents whatever their size, and keeps invalid ones too
    logging: false,
    cors: (request) => {
      const origin = request.headers.get('origin')
      return origin !== null && isAllowedOrigin(origin) ? corsOptions(origin) : false
    },
    maskedErrors: { maskError: (error) => masked(error, options) },
    plugins: [
      readableRequests,
      authenticatingFirst((request) => callerOf(request, options), options),
      withContext(async ({ req, res, caller }) => {
        if (!caller) throw new Error('nothing is executed before the caller is known')
        if (!req || !res) return options.createContext(await caller, NO_BROWSER)
        return options.createContext(await caller, browserOf(req, res, options.publicUrl), keyChannelOf(req, res))
      }),
      rememberingIn(documents),
      trustedOnly(options),
      executingWith(options.execute),
      unbuffered,
      limitingStreams(options.connections.eventStreamsPerUser),
      observeSteps,
      observeAnswers(telemetry),
      ...queryLimits(),
      plainErrors,
      answeringInForm,
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
  { documents, trusted, preparations }: Pick<EndpointOptions, 'documents' | 'trusted' | 'preparations'>,
): Plugin<object, ServerContext> {
  return {
    async onParams({ params, context, request, setParams, setResult }) {
      const { req } = context
      if (!req) return
      try {
        context.caller = await (context.caller ?? callerOf(req))
        context.accepted?.()
        const query = params.query || textNamedBy(params, request, trusted)
        if (query && query !== params.query) setParams({ ...params, query })
        if (query && !documents.get(query)) await preparations.turnOf(context.caller)
      } catch (error) {
        setParams({ query: UNREAD }) // whatever is wrong with them, this error counts
        return setResult({ errors: [error as GraphQLError] })
      }
      const refusal = notAcceptable(req.headers.accept) ?? misplacedParameter(params)
      if (refusal) throw refusal
    },
  }
}

/**
 * Returns the text of the document that a request without one names, if it names any.
 * @throws GraphQLError if it isn't known
 */
function textNamedBy(params: object, { method, url }: Request, trusted: TrustedDocuments): string | undefined {
  const inAddress = method === 'GET' ? new URL(url).searchParams.get('documentId') : null
  const named = inAddress === null ? params : { documentId: inAddress }
  if (documentIdOf(named) === undefined) return undefined
  const text = trusted.textOf(named)
  if (text === undefined) throw trusted.notFound(named)
  return text
}

/** Refuses what isn't trusted before it is validated, because validation says what the schema has. */
function trustedOnly({ trusted, graphiql }: Pick<EndpointOptions, 'trusted' | 'graphiql'>): Plugin {
  return {
    onValidate({ params, context, setResult }) {
      const { caller, req, params: sent } = context as ServerContext & { params?: { extensions?: unknown } }
      if (!caller || caller instanceof Promise) throw new Error('nothing is validated before the caller is known')
      if (graphiql && isFromExplorer(req?.headers, sent?.extensions)) return
      const refusal = trusted.refusalOf(caller, params.documentAST)
      if (refusal) setResult([refusal])
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

/** Executes with plans. */
function executingWith(execute: Executor): Plugin {
  return {
    onExecute({ setExecuteFn }) {
      setExecuteFn((args) => withOperation(args, execute))
    },
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn((args) =>
        withOperation(args, (operation) => subscribe(operation, () => args.contextValue, execute)),
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

/** Does something with an operation, or says what is wrong with its name or variables. */
function withOperation<T>(
  { schema, document, operationName, rootValue, contextValue, variableValues }: ExecutionArgs,
  work: (executed: Executed & { schema: GraphQLSchema; rootValue: unknown }) => T,
) {
  try {
    const operation = getOperationAST(document, operationName)
    if (!operation) return { errors: [requestedOperation(document, operationName) as GraphQLError] }
    const coerced = coercedVariables(schema, operation, variableValues)
    if (!coerced) return { errors: variableErrors(schema, operation, variableValues) }
    return work({ schema, document, operation, rootValue, contextValue, variableValues: coerced })
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] }
    throw error
  }
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

/** @throws GraphQLError if the caller isn't authenticated */
export function callerOf(
  request: IncomingMessage,
  { authenticate, addressOf, ...masking }: Pick<EndpointOptions, 'authenticate' | 'addressOf' | keyof Masking>,
): Promise<Caller> {
  return authenticate(request.headers.authorization, () => addressOf(request)).catch((error) => refuse(error, masking))
}

/** If authentication wasn't possible at all, that is not a 401, and the caller comes back. */
function refuse(error: unknown, masking: Masking): never {
  if (error instanceof AuthenticationError) {
    const headers = { 'www-authenticate': challengeOf(error.reason) }
    throw codedError('UNAUTHENTICATED', error.message, { http: { headers } })
  }
  throw error instanceof RateLimitedError ? masked(error, masking) : fault(error, true, masking)
}
