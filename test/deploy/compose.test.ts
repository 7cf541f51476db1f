import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { validate } from 'dockerfile-utils'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../src/config/environment.js'
import { findCompose } from './compose-command.js'
import { commandOf, instructionsOf, REPOSITORY, readDockerfile } from './dockerfile.js'

interface Service {
  environment?: Record<string, string>
  ports?: string[]
  stop_grace_period?: string
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test: string[] }
  restart?: string
}

const read = (name: string) => readFile(`${REPOSITORY}${name}`, 'utf8')
const INSTANCES = ['patchbay-1', 'patchbay-2']
/** How long closing may take after the deadline, as in src/app/run-server.ts. */
const CLOSE_SECONDS = 2
/** The variables of .env.example that the instances don't get from .env, and why. */
const FIXED: Record<string, string> = {
  DATABASE_URL: 'compose starts PostgreSQL',
  REDIS_URL: 'compose starts Redis',
  POSTGRES_PASSWORD: 'it is part of DATABASE_URL',
  PROXY_ADDRESS: 'nginx listens there',
  PATCHBAY_ENV: 'the image runs in production',
  PATCHBAY_HOST: 'nginx reaches the instances there',
  PATCHBAY_PORT: 'nginx reaches the instances there',
  PATCHBAY_METRICS_PORT: 'Prometheus scrapes it there',
  PATCHBAY_DATA: 'there is no embedded database',
  PATCHBAY_SANDBOX: 'production has none',
  PATCHBAY_SANDBOX_PORT: 'production has none',
  PATCHBAY_SANDBOX_URL: 'docker-compose.staging.yml has it',
  PATCHBAY_STAGING_PASSWORD: 'docker-compose.staging.yml has it',
  PATCHBAY_DRAIN_DEADLINE: 'stop_grace_period depends on it',
  PATCHBAY_CONNECTORS: 'the file has to be mounted, and its secrets have names of their own',
  PATCHBAY_TRUSTED_DOCUMENTS: 'the files have to be mounted',
  MAIL_CLIENT_SECRET: 'it belongs to the file',
}
const SECRETS: Record<string, string> = {
  POSTGRES_PASSWORD: 'secret',
  PATCHBAY_PUBLIC_URL: 'https://connect.example',
  PATCHBAY_KEYS: randomBytes(32).toString('base64'),
  PATCHBAY_JWKS_URL: 'https://host.example/jwks.json',
  PATCHBAY_JWT_ISSUER: 'https://host.example',
  PATCHBAY_JWT_AUDIENCE: 'patchbay',
}

let compose: string
let services: Record<string, Service>
beforeAll(async () => {
  compose = await read('docker-compose.yml')
  services = parse(compose, { merge: true }).services
})

/** As compose fills in the variables of the .env file. */
function interpolated(text: string, given: Record<string, string>): string {
  return text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_all, name, operator, word) => {
    const value = given[name]
    if (value) return value
    if (operator === '?') throw new Error(word)
    return operator === '-' ? word : ''
  })
}

function environmentOf(name: string, given: Record<string, string>): Record<string, string> {
  const entries = Object.entries(services[name]?.environment ?? {})
  return Object.fromEntries(entries.map(([key, value]) => [key, interpolated(value, given)]))
}

describe('the Dockerfile', () => {
  test('passes its linter, and runs as an unprivileged user that receives SIGTERM', async () => {
    const dockerfile = await readDockerfile()
    expect(validate(dockerfile)).toEqual([])
    const instructions = instructionsOf(dockerfile)
    const last = (keyword: string) => instructions.findLast((instruction) => instruction.keyword === keyword)
    expect(last('USER')?.rest).toBe('node')
    expect(last('STOPSIGNAL')?.rest).toBe('SIGTERM')
    const command = last('CMD')
    expect(command && commandOf(command)).toEqual(['node', 'dist/main.js'])
  })
})

test('docker-compose.staging.yml starts a staging with its sandbox, for a proxy on this machine', async () => {
  const { patchbay } = parse(await read('docker-compose.staging.yml')).services as Record<string, Service>
  const given = {
    PATCHBAY_PUBLIC_URL: 'https://staging.example',
    PATCHBAY_SANDBOX_URL: 'https://sandbox.example',
    PATCHBAY_STAGING_PASSWORD: randomBytes(24).toString('base64'),
    PATCHBAY_KEYS: randomBytes(32).toString('base64'),
  }
  const filled = (variables: Record<string, string>) =>
    Object.entries(patchbay?.environment ?? {}).map(([name, value]) => [name, interpolated(value, variables)])
  expect(readConfig(Object.fromEntries(filled(given)))).toMatchObject({
    staging: { password: given.PATCHBAY_STAGING_PASSWORD, sandboxUrl: 'https://sandbox.example' },
    sandboxPort: 4010,
  })
  for (const name of Object.keys(given)) {
    expect(() => filled({ ...given, [name]: '' })).toThrow(`set ${name} in .env`)
  }
  expect(patchbay?.ports?.map((port) => interpolated(port, {}))).toEqual(['127.0.0.1:4000:4000', '127.0.0.1:4010:4010'])
})

describe('docker-compose.yml', () => {
  test('is accepted by docker compose', { tags: 'docker-compose' }, async () => {
    const compose = await findCompose()
    const config = spawnSync('sh', ['-c', `${compose} config --quiet`], {
      cwd: REPOSITORY,
      env: { ...process.env, ...SECRETS },
      encoding: 'utf8',
    })
    expect(config).toMatchObject({ status: 0, stderr: '' })
  })

  test('starts the instances in production on its own PostgreSQL and Redis', async () => {
    const [base] = instructionsOf(await readDockerfile()).filter(({ keyword }) => keyword === 'ENV')
    const fromImage = Object.fromEntries((base?.rest ?? '').split(' ').map((pair) => pair.split('=')))
    for (const instance of INSTANCES) {
      const config = readConfig({ ...fromImage, ...environmentOf(instance, SECRETS) })
      expect(config).toMatchObject({
        development: false,
        host: '0.0.0.0',
        port: 4000,
        publicUrl: 'https://connect.example',
        database: { url: 'postgresql://patchbay:secret@postgres:5432/patchbay' },
        bus: { nodes: ['redis://redis:6379'] },
      })
      expect(config.drain.deadlineMs / 1000 + CLOSE_SECONDS).toBeLessThan(
        Number.parseInt(services[instance]?.stop_grace_period ?? '', 10),
      )
    }
  })

  test.each(Object.keys(SECRETS).filter((name) => name !== 'PATCHBAY_JWKS_URL'))('names a missing %s', (name) => {
    const { [name]: _missing, ...rest } = SECRETS
    expect(() => environmentOf('patchbay-1', rest)).toThrow(`set ${name} in .env`)
  })

  test('publishes only nginx, and by default only to this machine', () => {
    const published = Object.entries(services).filter(([, service]) => service.ports)
    expect(published.map(([name, { ports }]) => [name, ports?.map((port) => interpolated(port, {}))])).toEqual([
      ['proxy', ['127.0.0.1:8080:8080']],
    ])
  })

  test('starts each service once its dependencies are healthy, and restarts it after a crash', () => {
    const needs = (name: string) => Object.entries(services[name]?.depends_on ?? {})
    const healthy = { condition: 'service_healthy' }
    for (const instance of INSTANCES) {
      expect(needs(instance)).toEqual([
        ['postgres', healthy],
        ['redis', healthy],
      ])
    }
    expect(needs('proxy')).toEqual(INSTANCES.map((instance) => [instance, healthy]))
    for (const [name, { healthcheck, restart }] of Object.entries(services)) {
      expect(healthcheck?.test[0], name).toBe('CMD')
      expect(restart, name).toBe('unless-stopped')
    }
  })

  test('gives nginx every value that its configuration expects', async () => {
    const template = await read('deploy/nginx.conf.template')
    const places = new Set([...template.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name))
    expect(new Set(Object.keys(services.proxy?.environment ?? {}))).toEqual(places)
  })

  test('passes on every variable of .env.example that isn’t fixed here', async () => {
    const names = [...(await read('.env.example')).matchAll(/^# (\w+)=/gm)].flatMap(([, name]) => name ?? [])
    expect(names.length).toBeGreaterThan(50)
    const given = Object.fromEntries(names.map((name) => [name, `given ${name}`]))
    for (const instance of INSTANCES) {
      const environment = environmentOf(instance, given)
      const passed = names.filter((name) => environment[name] === given[name])
      expect(names.filter((name) => !passed.includes(name)).sort()).toEqual(Object.keys(FIXED).sort())
    }
  })

  test('uses no variable that .env.example does not list', async () => {
    const example = await read('.env.example')
    for (const [, name] of compose.matchAll(/\$\{(\w+)/g)) expect(example).toMatch(new RegExp(`^# ${name}=`, 'm'))
  })
})
