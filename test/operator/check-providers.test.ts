import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Provider, ProviderSchema, type Providers } from '../../src/domain/catalogue/provider.js'
import { type Variable, VariableSchema } from '../../src/domain/catalogue/variables.js'
import { PROVIDER_COMMANDS } from '../../src/operator/check-providers.js'
import type { CommandContext } from '../../src/operator/command.js'
import { parseCommand } from '../../src/operator/parse-command.js'
import { createGuardedFetch, type GuardedFetch } from '../../src/outbound/guarded-fetch.js'
import { createProviderCheck, type ProviderCheck } from '../../src/outbound/provider-check/provider-check.js'
import {
  answers,
  type Behaviour,
  type HostileServer,
  redirects,
  startHostileServer,
} from '../support/hostile-server.js'

const guarded = createGuardedFetch({ allowPrivate: true, timeoutMs: 500 })
const strict = createGuardedFetch({ allowPrivate: false })
const checks: ProviderCheck[] = []
let server: HostileServer
let files: Record<string, { oauth2: object; operatorVariables?: Variable[] }>
beforeAll(async () => {
  server = await startHostileServer()
})
beforeEach(() => {
  server.requests.length = 0
  server.on('/authorize', redirects(302, '/sign-in'))
  server.on('/token', answers({ error: 'invalid_request' }, { status: 400 }))
  files = { tracker: { oauth2: {} } }
})
afterAll(async () => {
  for (const { close } of [guarded, strict, ...checks]) await close()
  await server[Symbol.asyncDispose]()
})

const urls = () => ({ authorizationUrl: `${server.url}/authorize`, tokenUrl: `${server.url}/token` })
const providerOf = (slug: string): Provider | undefined =>
  files[slug] && ProviderSchema.parse({ ...urls(), ...files[slug].oauth2 })
const providers: Providers = {
  get: providerOf,
  operatorVariables: (slug) => files[slug]?.operatorVariables ?? [],
  slugs: () => Object.keys(files).sort(),
}

/** Runs the command with what a process of its own would remember. */
async function run(...args: string[]) {
  return runWith({ fetch: guarded.fetch, allowPrivate: true }, ...args)
}

async function runWith({ fetch, allowPrivate }: { fetch: GuardedFetch; allowPrivate: boolean }, ...args: string[]) {
  const { command, args: named, options } = parseCommand(PROVIDER_COMMANDS, ['check-providers', ...args])
  const providerCheck = createProviderCheck(fetch, { allowPrivate })
  checks.push(providerCheck)
  const lines: string[] = []
  const deps = { providers, providerCheck } as unknown as CommandContext['deps']
  const {
    text,
    json,
    incomplete = false,
  } = await command.run({ deps, keyIds: [], say: (line) => void lines.push(line) }, named, options)
  return { lines: lines.filter((line) => line !== ''), text, json, incomplete }
}

test('a provider whose addresses answer as they should is ok, in one line', async () => {
  expect(await run()).toMatchObject({
    lines: [expect.stringMatching(/^ok +tracker +authorizationUrl, tokenUrl$/)],
    text: '1 ok, 0 failed, 0 can’t tell.',
    incomplete: false,
  })
  expect(server.requests.map(({ method, path, text }) => `${method} ${path} ${text}`).sort()).toEqual([
    'GET /authorize ',
    'POST /token ',
  ])
})

test.each<[string, Behaviour, RegExp]>([
  [
    'a status of nothing',
    answers('gone', { status: 404, type: 'text/plain' }),
    /^failed .*tokenUrl: isn’t there \(404\)$/,
  ],
  ['that only GET is allowed', answers('', { status: 405 }), /^failed .*tokenUrl: isn’t there \(405\)$/],
  ['a page', answers('<html>', { type: 'text/html' }), /^failed .*tokenUrl: is a page for people$/],
  ['a redirect', redirects(301, '/elsewhere'), /^failed .*tokenUrl: got a redirect \(REDIRECTED\)$/],
  ['404 with an error', answers({ error: 'Not Found' }, { status: 404 }), /^can’t tell .*tokenUrl: answers with 404/],
  ['an outage', answers('', { status: 503 }), /^can’t tell .*tokenUrl: answers with 503$/],
  ['nothing in time', () => {}, /^can’t tell .*tokenUrl: got no answer/],
  ['a success', answers({ access_token: 'x' }), /^can’t tell .*answers with 200, and no error that can be read$/],
  ['a challenge', (_request, response) => response.writeHead(401, { 'www-authenticate': 'Basic' }).end(), /^ok /],
  ['an error with status 200', answers({ ok: false, error: 'invalid_arguments' }), /^ok /],
  ['a form', answers('error=invalid_request', { status: 400, type: 'text/plain' }), /^ok /],
])('the token endpoint is judged by its answer to an empty request: %s', async (_what, behaviour, line) => {
  server.on('/token', behaviour)
  const { lines, incomplete } = await run()
  expect(lines).toEqual([expect.stringMatching(line)])
  expect(incomplete).toBe(line.source.startsWith('^failed'))
})

test.each([
  [200, 'ok'],
  [400, 'ok'],
  [403, 'ok'],
  [404, 'failed'],
  [410, 'failed'],
  [500, 'unknown'],
])('the authorization URL without parameters answers with %i: %s', async (status, verdict) => {
  server.on('/authorize', answers('<html>', { status, type: 'text/html' }))
  const { json, incomplete } = await run('--json')
  expect(json).toMatchObject({ ok: !incomplete, providers: [{ provider: 'tracker', status: verdict }] })
  expect(incomplete).toBe(verdict === 'failed')
})

test('an issuer’s metadata has to have the same endpoints', async () => {
  const { url } = server
  files = { tracker: { oauth2: { issuer: url, revocationUrl: `${url}/revoke` } } }
  const endpoints = { authorization_endpoint: `${url}/authorize/`, token_endpoint: `${url}/token` }
  const publish = (metadata: object) =>
    server.on('/.well-known/openid-configuration', answers({ issuer: url, ...endpoints, ...metadata }))
  publish({})
  expect((await run()).lines).toEqual([expect.stringMatching(/^ok +tracker +metadata, authorizationUrl, tokenUrl$/)])
  publish({ token_endpoint: `${url}/v2/token`, revocation_endpoint: `${url}/v2/revoke\u001b[2J` })
  const { lines, incomplete } = await run()
  expect(incomplete).toBe(true)
  expect(lines).toEqual([
    `failed      tracker                   metadata: has tokenUrl ${url}/v2/token, revocationUrl ${url}/v2/revoke%1B[2J`,
  ])
  publish({ issuer: 'https://other.example' })
  expect((await run()).lines[0]).toMatch(/^failed .*metadata of the issuer https:\/\/other\.example/)
  server.on('/.well-known/openid-configuration', answers('', { status: 503 }))
  expect((await run()).lines[0]).toMatch(/^can’t tell .*metadata/)
})

test('providers that share addresses are asked once, and named ones only', async () => {
  files = { docs: { oauth2: {} }, mail: { oauth2: {} }, other: { oauth2: { tokenUrl: `${server.url}/nowhere` } } }
  const { lines, text, incomplete } = await run('mail', 'docs', 'mail')
  expect(lines.sort()).toEqual([expect.stringMatching(/^ok +docs/), expect.stringMatching(/^ok +mail/)])
  expect(server.requests.map(({ path }) => path).sort()).toEqual(['/authorize', '/token'])
  expect({ text, incomplete }).toEqual({ text: '2 ok, 0 failed, 0 can’t tell.', incomplete: false })
  expect(await run()).toMatchObject({ text: '2 ok, 1 failed, 0 can’t tell.', incomplete: true })
  await expect(run('nothing')).rejects.toThrow('There’s no provider “nothing”. docs/providers.md lists all of them.')
  await expect(run('mailx')).rejects.toThrow('There’s no provider “mailx”. Did you mean mail? docs/providers.md')
})

test('a provider with variables is asked for one customer, or not at all', async () => {
  const variable = (name: string, more: object = {}) =>
    VariableSchema.parse({ name, label: name, placeholder: 'acme', ...more })
  const oauth2 = {
    tokenUrl: `${server.url}/{team}/{region}/token`,
    variables: [variable('region', { choices: ['eu', 'us'] })],
  }
  files = { tracker: { oauth2, operatorVariables: [variable('team'), variable('unused')] } }
  const { lines, incomplete } = await run()
  expect(lines).toEqual([expect.stringMatching(/^can’t tell .* as in --variable team=acme$/)])
  expect(incomplete).toBe(false)
  expect(server.requests).toEqual([])

  server.on('/blue/eu/token', answers({ error: 'invalid_client' }, { status: 401 }))
  expect((await run('--variable', 'team=blue')).lines).toEqual([expect.stringMatching(/^ok /)])
  expect(server.requests.map(({ path }) => path).sort()).toEqual(['/authorize', '/blue/eu/token'])
  await expect(run('--variable', 'team=a@b')).rejects.toThrow('tracker, team: This isn’t a valid team')
  await expect(run('--variable', 'shop=acme')).rejects.toThrow('No provider asks for the variable shop')
})

test('an empty request has the format and the headers that the provider wants', async () => {
  files = { tracker: { oauth2: { tokenRequest: { format: 'json', headers: { 'X-Version': '3' } } } } }
  await run()
  const asked = server.requests.find(({ method }) => method === 'POST')
  expect(asked).toMatchObject({ text: '{}', headers: { 'content-type': 'application/json', 'x-version': '3' } })
})

test('outside development, no address of a file reaches the internal network', async () => {
  files = { tracker: { oauth2: { issuer: server.url } } }
  const { json } = await runWith({ fetch: strict.fetch, allowPrivate: false }, '--json')
  expect(json).toMatchObject({
    providers: [{ checks: [{ status: 'failed' }, { status: 'failed' }, { status: 'failed' }] }],
  })
  expect(server.requests).toEqual([])
})
