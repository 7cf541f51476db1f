import type { IncomingMessage } from 'node:http'
import { GRAPHQL_PATH } from '../server/routes.js'
import { acceptedType, type ResultType } from './accepted-type.js'
import type { TrustedDocuments } from './trusted-documents.js'

/** An operation, from a request in the form that nearly all clients use. */
export interface OperationRequest {
  query: string
  variables: Readonly<Record<string, unknown>>
  operationName: string | undefined
  resultType: ResultType
}

const PARAMETERS = new Set(['query', 'variables', 'operationName', 'extensions', 'documentId'])

/** Returns the operation of an ordinary POST, or undefined if anything about the request is unusual or wrong. */
export function readOperationRequest(
  { url, headers }: IncomingMessage,
  body: Buffer,
  trusted: TrustedDocuments,
): OperationRequest | undefined {
  const { accept, 'content-type': contentType = '' } = headers
  const isJson = contentType === 'application/json' || contentType.startsWith('application/json;')
  if (url !== GRAPHQL_PATH || !isJson || contentType.includes(',')) return undefined
  if (headers['content-encoding'] !== undefined || headers['access-control-request-headers'] !== undefined) {
    return undefined
  }
  if (accept?.toLowerCase().includes('text/event-stream')) return undefined
  const resultType = acceptedType(accept)
  return resultType && withParameters(resultType, parsed(body), trusted)
}

function withParameters(
  resultType: ResultType,
  parameters: unknown,
  trusted: TrustedDocuments,
): OperationRequest | undefined {
  if (!isObject(parameters)) return undefined
  for (const name in parameters) if (!PARAMETERS.has(name)) return undefined
  const { variables, operationName, extensions, documentId } = parameters
  const query = parameters.query || trusted.textOf(parameters)
  if (typeof query !== 'string' || !isObject(variables ?? {}) || !isObject(extensions ?? {})) return undefined
  if (operationName != null && typeof operationName !== 'string') return undefined
  if (documentId != null && typeof documentId !== 'string') return undefined
  return {
    query,
    variables: (variables ?? {}) as Readonly<Record<string, unknown>>,
    operationName: operationName ?? undefined,
    resultType,
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
