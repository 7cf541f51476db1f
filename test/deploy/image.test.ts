import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../support/free-port.js'
import { createDatabase, findPostgres, type PostgresServer } from '../support/postgres-server.js'
import { type RedisServer, startRedisServer } from '../support/redis-server.js'
import { type RunningProcess, runProcess } from '../support/running-process.js'
import { REPOSITORY } from './dockerfile.js'
import { buildImage, type Image } from './image.js'

const SECRET = 'the host and Patchbay share this secret'
const ISSUER = 'https://host.example'
const AUDIENCE = 'patchbay'
const MOST_MEGABYTES = 110

let image: Image
let postgres: PostgresServer
let database: { url: string; drop(): Promise<void> }
let redis: RedisServer

beforeAll(async () => {
  postgres = await findPostgres()
  image = await buildImage()
  database = await createDatabase(postgres.url)
  redis = await startRedisServer()
}, 600_000)
afterAll(async () => {
  await redis?.stop()
  await database?.drop()
  await postgres?.stop()
  await image?.remove()
})

/** Only the variables that the image sets and those given, so that nothing on this machine helps. */
function environment(given: Record<string, string>): Record<string, string> {
  return { ...image.env, PATCHBAY_HOST: '127.0.0.1', ...given }
}

function start(given: Record<string, string>): Promise<RunningProcess> {
  const [command, ...args] = image.command
  expect(command).toBe('node')
  const cwd = join(image.root, image.workdir)
  return runProcess(process.execPath, args, { env: environment(given), cwd, ready: /"msg":"ready"/ })
}

async function production(): Promise<Record<string, string>> {
  return {
    PATCHBAY_PORT: String(await freePort()),
    PATCHBAY_PUBLIC_URL: 'https://connect.example',
    PATCHBAY_KEYS: randomBytes(32).toString('base64'),
    PATCHBAY_JWT_SECRET: SECRET,
    PATCHBAY_JWT_ISSUER: ISSUER,
    PATCHBAY_JWT_AUDIENCE: AUDIENCE,
    PATCHBAY_DRAIN_SPREAD: '0',
  }
}

function hostToken(): Promise<string> {
  return new SignJWT({ sub: 'somebody', org: 'hosted', name: 'Somebody' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(SECRET))
}

async function viewerName(url: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await hostToken()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ viewer { name organization { name } revision } }' }),
  })
  return response.json()
}

const probe = (env: Record<string, string>) =>
  promisify(execFile)(process.execPath, image.healthcheck.slice(1), { env })

const version = async (): Promise<string> =>
  JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8')).version

const ANSWER = { data: { viewer: { name: 'Somebody', organization: expect.any(Object), revision: 0 } } }

test('the image contains what it needs to run and nothing else', async () => {
  expect((await readdir(image.root)).sort()).toEqual(['app', 'data'])
  const app = join(image.root, 'app')
  expect((await readdir(app)).sort()).toEqual(['dist', 'node_modules', 'package.json', 'prisma', 'providers'])
  expect((await readdir(join(app, 'prisma'))).sort()).toEqual(['migrations', 'seed'])
  const { devDependencies } = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8'))
  const packages = new Set(await readdir(join(app, 'node_modules')))
  expect(Object.keys(devDependencies).filter((name) => packages.has(name))).toEqual([])
  const { stdout } = await promisify(execFile)('du', ['-sm', '--apparent-size', app])
  console.info(`The image's own files have ${Number.parseInt(stdout, 10)} MB.`)
  expect(Number.parseInt(stdout, 10)).toBeLessThan(MOST_MEGABYTES)
})

test('the image serves in production on PostgreSQL and Redis, passes its health check and stops on SIGTERM', async () => {
  const env: Record<string, string> = { ...(await production()), DATABASE_URL: database.url, REDIS_URL: redis.url }
  const url = `http://127.0.0.1:${env.PATCHBAY_PORT}`
  const begin = performance.now()
  await using server = await start(env)
  console.info(`It was ready after ${Math.round(performance.now() - begin)} ms.`)

  expect(await (await fetch(`${url}/livez`)).json()).toEqual({ status: 'live' })
  const readiness = await fetch(`${url}/readyz`)
  expect(readiness.status).toBe(200)
  expect(await readiness.json()).toEqual({
    ready: true,
    status: 'ready',
    checks: { migrations: 'ok', database: 'ok', bus: 'ok' },
    version: await version(),
  })
  expect(await viewerName(url)).toEqual(ANSWER)
  await probe(environment(env))
  expect(await readdir(join(image.root, 'data'))).toEqual([])

  expect(await server.stop()).toBe(0)
  await expect(probe(environment(env))).rejects.toMatchObject({ code: 1 })
})

test('the image keeps its own database in /data if none is given', async () => {
  const env: Record<string, string> = { ...(await production()), PATCHBAY_DATA: join(image.root, 'data') }
  await using server = await start(env)
  expect(await viewerName(`http://127.0.0.1:${env.PATCHBAY_PORT}`)).toEqual(ANSWER)
  expect(await server.stop()).toBe(0)
})

test('the image serves the wizard only if it has a token URL', async () => {
  const env: Record<string, string> = { ...(await production()), PATCHBAY_DATA: join(image.root, 'data') }
  const url = `http://127.0.0.1:${env.PATCHBAY_PORT}`
  const plain = await start(env)
  expect(await fetch(`${url}/mine`)).toMatchObject({ status: 404 })
  await plain.stop()

  await using _server = await start({ ...env, PATCHBAY_WIZARD_TOKEN_URL: 'https://host.example/patchbay-token' })
  const page = await fetch(`${url}/mine`)
  expect(page.status).toBe(200)
  const html = await page.text()
  expect(html).toContain('"tokenUrl":"https://host.example/patchbay-token"')
  const assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path)
  expect(assets.map((path) => path?.split('.').at(-1)).sort()).toEqual(['css', 'js', 'svg'])
  for (const path of assets) {
    const asset = await fetch(`${url}${path}`, { headers: { 'accept-encoding': 'br' } })
    expect(asset.status).toBe(200)
    if (!path?.endsWith('.svg')) expect(asset.headers.get('content-encoding')).toBe('br')
  }
})

test('the image contains the operator’s command line', async () => {
  const manifest = join(REPOSITORY, 'prisma/seed/plain-writer.json')
  const env = environment({ ...(await production()), DATABASE_URL: database.url })
  const options = { cwd: join(image.root, image.workdir), env }
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/operator.js', 'publish', manifest], options)
  expect(stdout).toBe('Published plain-writer.\n')
})

test('the server and the command line of the image print its version', async () => {
  const options = { cwd: join(image.root, image.workdir), env: environment({}) }
  for (const program of ['dist/main.js', 'dist/operator.js']) {
    const { stdout } = await promisify(execFile)(process.execPath, [program, '--version'], options)
    expect(stdout).toBe(`${await version()}\n`)
  }
})

test('the image names the missing secrets if it starts without them', async () => {
  await expect(start({})).rejects.toThrow(/PATCHBAY_PUBLIC_URL[\s\S]*PATCHBAY_KEYS[\s\S]*PATCHBAY_JWKS_URL/)
})
