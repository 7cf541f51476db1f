import { readdir, readFile } from 'node:fs/promises'
import { isEnumType, isInterfaceType } from 'graphql'
import { CloseCode } from 'graphql-ws'
import { expect, test } from 'vitest'
import { FAILURES } from '../../src/domain/view/authorization-failures.js'
import { schema } from '../../src/graphql/schema.js'
import { ERROR_CODES, type ErrorCode } from '../../src/observability/error-codes.js'

const REPOSITORY = new URL('../../', import.meta.url)
const read = (path: string) => readFile(new URL(path, REPOSITORY), 'utf8')
const page = await read('docs/errors.md')

/** What the rows of a section's tables are about: the text of their first cells. */
function rowsOf(heading: string, column = 0): string[] {
  const [, section] = page.split(new RegExp(`^#+ ${heading}$`, 'm'))
  if (section === undefined) throw new Error(`docs/errors.md has no section ${heading}`)
  const [text = ''] = section.split(/^#/m)
  const rows = text.split('\n').filter((line) => line.startsWith('| '))
  const cells = rows.map((row) => (row.split(' | ')[column] ?? '').replace(/^\| | \|$/g, ''))
  return cells.filter((cell) => !/^-+$/.test(cell))
}

const namesIn = (heading: string) => rowsOf(heading).flatMap((cell) => /^`([A-Za-z_]+)`$/.exec(cell)?.[1] ?? [])
const numbersIn = (headings: readonly string[], column = 0) => [
  ...new Set(headings.flatMap((heading) => rowsOf(heading, column)).filter((cell) => /^\d+$/.test(cell))),
]

/** The texts of the sources in a folder. */
async function sourcesIn(folder: string): Promise<string[]> {
  const names = await readdir(new URL(folder, REPOSITORY), { recursive: true })
  return Promise.all(names.filter((name) => name.endsWith('.ts')).map((name) => read(`${folder}/${name}`)))
}

function matches(sources: readonly string[], pattern: RegExp): string[] {
  return [...new Set(sources.flatMap((source) => [...source.matchAll(pattern)].map(([, name = '']) => name)))]
}

test('docs/errors.md lists exactly the typed errors of the schema', () => {
  const error = schema.getType('Error')
  if (!isInterfaceType(error)) throw new Error('the schema has no interface Error')
  const types = schema.getPossibleTypes(error).map(({ name }) => name)
  expect(namesIn('Typed errors')).toEqual(types.sort())
})

test('docs/errors.md lists exactly the codes of top-level errors', async () => {
  expect(namesIn('Codes of top-level errors').sort()).toEqual(Object.keys(ERROR_CODES).sort())
  const sources = [...(await sourcesIn('src/graphql')), ...(await sourcesIn('src/http'))]
  const thrown = matches(sources, /\bcode: '([A-Z_]+)'/g)
  expect(thrown.length).toBeGreaterThan(4)
  expect(thrown.filter((code) => !Object.hasOwn(ERROR_CODES, code))).toEqual([])
})

test('docs/errors.md says of each code which status it has', () => {
  const heading = 'Codes of top-level errors'
  const statuses = rowsOf(heading, 1).slice(1)
  const documented = namesIn(heading).map((code, index) => [code, statuses[index]?.match(/\b\d{3}\b/g) ?? []])
  for (const [code, [first, ...others]] of documented as [ErrorCode, string[]][]) {
    const { status, jsonStatus } = ERROR_CODES[code]
    expect([code, first]).toEqual([code, String(status)])
    if (jsonStatus !== undefined) expect([code, ...others]).toContain(String(jsonStatus))
  }
})

test('docs/errors.md says of every mutation whether it can be repeated', () => {
  const heading = 'Which mutations can you repeat\\?'
  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {})
  expect(namesIn(heading)).toEqual(mutations.sort())
  for (const answer of rowsOf(heading, 1).slice(1)) expect(['yes', 'makes a second', 'no']).toContain(answer)
})

test.each([
  ['Why there is no token', 'AccessTokenUnavailableReason'],
  ['Why an authorization failed', 'AuthorizationFailureCode'],
  ['Problems of a connection', 'ConnectionProblemCode'],
])('docs/errors.md lists under “%s” exactly the values of %s', (heading, name) => {
  const type = schema.getType(name)
  if (!isEnumType(type)) throw new Error(`the schema has no enum ${name}`)
  const values = type.getValues().map(({ name }) => name)
  expect(namesIn(heading).sort()).toEqual(values.sort())
})

test('docs/errors.md says of each failure of an authorization whether it is retryable', () => {
  const heading = 'Why an authorization failed'
  const documented = rowsOf(heading, 4)
  const expected = namesIn(heading).map((code) => (FAILURES[code as keyof typeof FAILURES].retryable ? 'yes' : 'no'))
  expect(documented).toEqual(['retry', ...expected])
})

test('docs/errors.md lists exactly the results of webhook deliveries that got no response', async () => {
  const sources = [...(await sourcesIn('src/domain/webhook')), ...(await sourcesIn('src/outbound'))]
  const faults = sources.flatMap((source) => matches([source], /\{ fault: (.+) \}/g))
  const results = faults.flatMap((fault) => matches([fault], /'([A-Z_]+)'/g))
  expect(namesIn('Webhook results').sort()).toEqual([...new Set(results)].sort())
})

test('docs/errors.md lists exactly the HTTP statuses that failed requests are answered with', async () => {
  const ofPages = matches(await sourcesIn('src/http'), /(?:[:,] |writeHead\(|^ +)([45]\d\d)\b/gm)
  expect(ofPages.length).toBeGreaterThan(5)
  const ofCodes = Object.values(ERROR_CODES).map(({ status }) => String(status))
  const answered = [...ofPages, ...ofCodes.filter((status) => status !== '200')]
  const documented = [...numbersIn(['The API', 'Connecting']), ...numbersIn(['Other paths'], 1)]
  expect([...new Set(documented)].sort()).toEqual([...new Set(answered)].sort())
})

test('docs/errors.md lists exactly the codes that WebSockets are closed with', async () => {
  const sources = await Promise.all(['websocket', 'socket-session'].map((name) => read(`src/http/graphql/${name}.ts`)))
  const ours = matches(sources, /^const [A-Z_]+ = (1\d{3})$/gm)
  expect(ours).toEqual(['1001', '1012', '1013'])
  // Those of the protocol that a server sends, and those of WebSocket itself.
  const clients = [CloseCode.InternalClientError, CloseCode.BadResponse, CloseCode.ConnectionAcknowledgementTimeout]
  const ofProtocol = Object.values(CloseCode).filter((code) => typeof code === 'number' && !clients.includes(code))
  const ofWebSocket = ['1006', '1009']
  expect(numbersIn(['WebSocket close codes'])).toEqual([...ofWebSocket, ...ours, ...ofProtocol.map(String)].sort())
})

test('docs/api.md names every query, mutation and subscription', async () => {
  const overview = await read('docs/api.md')
  const types = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const fields = types.flatMap((type) => Object.keys(type?.getFields() ?? {}))
  expect(fields.length).toBeGreaterThan(30)
  expect(fields.filter((name) => !overview.includes(`\`${name}\``))).toEqual([])
})
