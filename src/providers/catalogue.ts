import { readdirSync, readFileSync } from 'node:fs'
import type { Providers } from '../domain/catalogue/provider.js'
import { readInput } from '../domain/input-faults.js'
import { type ProviderFile, ProviderFileSchema } from './provider-file.js'

/** Also in the image, and where dist is. */
const FOLDER = new URL('../../providers/', import.meta.url)
/** Not the schema, whose name has two dots. */
const FILE = /^([a-z0-9]+(?:-[a-z0-9]+)*)\.json$/

const known = new Map<string, ProviderFile | undefined>()
let slugs: readonly string[] | undefined

/**
 * The providers that Patchbay knows, from the files in `providers/`. A start reads only those that connectors name,
 * because all of them together take longer than the rest of it.
 */
export const providerCatalogue: Providers = {
  get(slug) {
    return file(slug)?.oauth2
  },
  operatorVariables(slug) {
    return file(slug)?.operatorVariables ?? []
  },
  slugs() {
    slugs ??= readdirSync(FOLDER)
      .flatMap((name) => FILE.exec(name)?.[1] ?? [])
      .sort()
    return slugs
  },
}

function file(slug: string): ProviderFile | undefined {
  if (!known.has(slug)) known.set(slug, readProvider(slug))
  return known.get(slug)
}

/**
 * Returns a provider's whole file, or undefined if there is none.
 * @throws Error with every fault of the file
 */
export function readProvider(slug: string): ProviderFile | undefined {
  const name = `${slug}.json`
  if (!FILE.test(name)) return undefined
  const text = readIfThere(new URL(name, FOLDER))
  return text === undefined ? undefined : parseProvider(name, text)
}

/**
 * Parses a file of `providers/`.
 * @param name for the message
 * @throws Error with every fault of the file
 */
export function parseProvider(name: string, text: string): ProviderFile {
  const { data, faults = [] } = readInput(ProviderFileSchema, contentOf(name, text))
  if (data) return data
  const lines = faults.map(({ path, message }) => `✖ ${path === '(whole)' ? '' : `${path}: `}${message}`)
  throw new Error(`The file providers/${name} has faults:\n${lines.join('\n')}`)
}

function contentOf(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`The file providers/${name} isn’t JSON: ${(error as Error).message}`, { cause: error })
  }
}

function readIfThere(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
