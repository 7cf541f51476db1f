import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { GraphQLSchema } from 'graphql'
import released from '../../schema/released-documents.json' with { type: 'json' }
import { ConfigurationError } from '../config/configuration-error.js'
import type { Config } from '../config/environment.js'
import own from '../generated/trusted-documents.json' with { type: 'json' }
import {
  faultOfDocument,
  misfitOfDocument,
  type TrustedDocument,
  TrustedDocuments,
} from '../http/graphql/trusted-documents.js'

/** What a tool writes: the texts by their ids (Relay, graphql-codegen), or Apollo's list. */
type Manifest = Record<string, string> | { operations: readonly { id: string; body: string }[] }

/**
 * The documents of the wizard and of patchbay/client, those of the last release, because its pages may still be open,
 * and those in the operator's manifests.
 * @param warn called with a sentence for a manifest that has documents for another API, or for another version of this one
 * @throws ConfigurationError if a manifest can't be read, or has a document that can't be trusted
 */
export async function openTrustedDocuments(
  { trustedDocuments: { paths, only } }: Pick<Config, 'trustedDocuments'>,
  schema: GraphQLSchema,
  warn: (warning: string) => void,
): Promise<TrustedDocuments> {
  const documents = new Map<string, string>([...Object.entries(released), ...Object.entries(own)])
  for (const path of paths) {
    for (const file of await manifestsAt(path)) {
      const added = await documentsIn(file)
      const warning = warningOf(file, added, schema)
      if (warning) warn(warning)
      for (const [id, text] of added) {
        if ((documents.get(id) ?? text) !== text) {
          throw refusal(file, `has another text for ${id} than the manifests before it. Give one of the two another id`)
        }
        documents.set(id, text)
      }
    }
  }
  return new TrustedDocuments(documents, only)
}

async function manifestsAt(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const names = (await readdir(path)).filter((name) => name.endsWith('.json')).sort()
    if (names.length > 0) return names.map((name) => join(path, name))
  } catch (error) {
    throw unreadable(path, error)
  }
  throw refusal(path, 'has no .json files. Name a manifest, or a folder with manifests')
}

async function documentsIn(file: string): Promise<TrustedDocument[]> {
  const content = await readFile(file, 'utf8').catch((error) => {
    throw unreadable(file, error)
  })
  const documents = entriesOf(parsed(content))
  if (!documents) {
    throw refusal(file, 'isn’t a manifest of documents. It has to look like { "sha256:…": "query …" }')
  }
  for (const [id, text] of documents) {
    const fault = faultOfDocument(text)
    if (fault) throw refusal(file, `has a document that can’t be used, ${id}: ${fault}`)
    if (id.startsWith('sha256:') && id !== idOf(text)) {
      throw refusal(file, `has the id ${id}, which isn’t the SHA-256 of its text. That would be ${idOf(text)}`)
    }
  }
  return documents
}

function entriesOf(manifest: unknown): TrustedDocument[] | undefined {
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) return undefined
  const { operations } = manifest as Manifest
  const entries: unknown[][] = Array.isArray(operations)
    ? operations.map((operation) => [operation?.id, operation?.body])
    : Object.entries(manifest)
  return entries.every(isDocument) ? entries : undefined
}

function isDocument(entry: unknown[]): entry is [string, string] {
  return entry.every((part) => typeof part === 'string')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function idOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

/** They may be those of pages that are still open, so they are no reason to refuse the start. */
function warningOf(file: string, documents: readonly TrustedDocument[], schema: GraphQLSchema): string | undefined {
  const misfits = documents.flatMap(([id, text]) => {
    const misfit = misfitOfDocument(schema, text)
    return misfit === undefined ? [] : [`${id}: ${misfit}`]
  })
  const [first] = misfits
  if (first === undefined) return undefined
  const [which, requests, example] =
    misfits.length === 1
      ? ['a document that doesn’t', 'it', 'It is']
      : [`${misfits.length} documents that don’t`, 'them', 'The first is']
  const fails = `has ${which} fit this version’s schema, so requests with ${requests} fail`
  return `PATCHBAY_TRUSTED_DOCUMENTS: ${file} ${fails}. ${example} ${first}`
}

function unreadable(path: string, error: unknown): ConfigurationError {
  const { code } = error as NodeJS.ErrnoException
  return new ConfigurationError(`PATCHBAY_TRUSTED_DOCUMENTS names ${path}, which can’t be read (${code}).`)
}

function refusal(path: string, what: string): ConfigurationError {
  return new ConfigurationError(`PATCHBAY_TRUSTED_DOCUMENTS: ${path} ${what}.`)
}
