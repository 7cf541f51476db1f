import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../src/config/environment.js'
import { startPatchbay } from '../support/patchbay.js'
import { instructionsOf, REPOSITORY, readDockerfile } from './dockerfile.js'

const CHART = `${REPOSITORY}deploy/helm/patchbay/`
/** How long closing may take after the deadline, as in src/app/run-server.ts. */
const CLOSE_SECONDS = 2

interface Schema {
  properties?: Record<string, Schema>
}

const read = (name: string) => readFile(`${CHART}${name}`, 'utf8')

let schema: Schema
let defaults: Record<string, unknown>
let complete: Record<string, unknown>
let templates: string
let deployment: string
beforeAll(async () => {
  schema = JSON.parse(await read('values.schema.json'))
  defaults = parse(await read('values.yaml'))
  complete = merged(defaults, parse(await read('ci/values.yaml')))
  deployment = await read('templates/deployment.yaml')
  const names = await readdir(`${CHART}templates`)
  templates = (await Promise.all(names.map((name) => read(`templates/${name}`)))).join('\n')
})

/** As Helm puts given values over the chart's. */
function merged(base: Record<string, unknown>, given: Record<string, unknown>): Record<string, unknown> {
  const both = Object.entries(given).map(([name, value]) => [
    name,
    isMap(value) && isMap(base[name]) ? merged(base[name], value) : value,
  ])
  return { ...base, ...Object.fromEntries(both) }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

describe('the values of the Helm chart', () => {
  /** Returns where the schema finds something wrong. */
  function faultsOf(values: Record<string, unknown>): string[] {
    const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema)
    if (validate(values)) return []
    return (validate.errors ?? []).map(
      ({ instancePath, keyword, params }) =>
        `${instancePath} ${params.missingProperty ?? params.additionalProperty ?? keyword}`,
    )
  }

  test('have a valid schema, which accepts all that can be turned on', () => {
    expect(faultsOf(complete)).toEqual([])
  })

  test('have defaults that the schema accepts, apart from what an operator must give', () => {
    expect(faultsOf(defaults)).toEqual([' publicUrl', ' existingSecret', '/jwt issuer', '/jwt audience'])
  })

  test.each([
    ['a misspelled value', { replicas: 2 }, ' replicas'],
    ['a misspelled value inside another', { drain: { spread: 1 } }, '/drain spread'],
    ['a public URL with a path', { publicUrl: 'https://example.com/connect' }, '/publicUrl pattern'],
    ['a secret that belongs into the Secret', { config: { PATCHBAY_KEYS: 'x' } }, '/config not'],
    [
      'a number, which Helm would write as 1e+06',
      { config: { PATCHBAY_TOKENS_PER_MINUTE: 1e6 } },
      '/config/PATCHBAY_TOKENS_PER_MINUTE type',
    ],
  ])('are refused if there is %s', (_name, given, fault) => {
    expect(faultsOf(merged(complete, given))).toContain(fault)
  })

  test('are all that the templates use, and all are used', () => {
    const used = new Set([...templates.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path))
    const isKnown = (path: string) =>
      path.split('.').reduce<Schema | undefined>((found, name) => found?.properties?.[name], schema) !== undefined
    expect([...used].filter((path) => !isKnown(path))).toEqual([])
    const unused = Object.keys(schema.properties ?? {}).filter(
      (name) => ![...used].some((path) => path.split('.')[0] === name),
    )
    expect(unused).toEqual(['global']) // Helm's own
  })
})

describe('the templates of the Helm chart', () => {
  test('set only variables that Patchbay has', async () => {
    const unknown = (name: string) => {
      try {
        readConfig({ [name]: 'x' })
        return false
      } catch (error) {
        return String(error).includes('Unknown variables')
      }
    }
    const names = [...deployment.matchAll(/- name: ([A-Z_]+)$/gm)].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(5)
    expect(unknown('PATCHBAY_PUBLIC_URLS')).toBe(true)
    expect(names.filter(unknown)).toEqual([])
    const kept: string[] = JSON.stringify(schema).match(/PATCHBAY_\w+/g) ?? []
    expect(names.filter((name) => !kept.includes(name))).toEqual([]) // so that `config` can't set one twice
  })

  test('probe addresses that an instance serves, on the port that the image listens on', async () => {
    await using patchbay = await startPatchbay()
    const paths = [...templates.matchAll(/^ +path: (\/\w+)$/gm)].map(([, path = '']) => path)
    expect(paths.sort()).toEqual(['/livez', '/livez', '/metrics', '/readyz'])
    for (const path of paths) expect((await fetch(`${patchbay.url}${path}`)).status, path).toBe(200)
    const [base] = instructionsOf(await readDockerfile()).filter(({ keyword }) => keyword === 'ENV')
    expect(base?.rest).toContain(`PATCHBAY_PORT=${/containerPort: (\d+)/.exec(deployment)?.[1]} `)
    const ports = [...deployment.matchAll(/- name: (\w+)\n +containerPort/g)].map(([, name]) => name)
    const named = [...templates.matchAll(/(?:targetPort|port): ([a-z]+)$/gm)].map(([, name]) => name)
    expect(ports).toEqual(['http', 'metrics'])
    expect(new Set(named)).toEqual(new Set(ports))
  })

  test('give a pod more time to end than an instance takes, with the drain that Patchbay has by default', () => {
    const grace = /terminationGracePeriodSeconds: \{\{ add \.Values\.drain\.deadlineSeconds (\d+) \}\}/.exec(deployment)
    expect(Number(grace?.[1])).toBeGreaterThan(CLOSE_SECONDS)
    const { drain } = readConfig({
      PATCHBAY_ENV: 'production',
      PATCHBAY_PUBLIC_URL: 'https://connect.example',
      PATCHBAY_KEYS: randomBytes(32).toString('base64'),
      PATCHBAY_JWKS_URL: 'https://host.example/jwks.json',
      PATCHBAY_JWT_ISSUER: 'https://host.example',
      PATCHBAY_JWT_AUDIENCE: 'patchbay',
    })
    expect(defaults.drain).toEqual({ spreadSeconds: drain.spreadMs / 1000, deadlineSeconds: drain.deadlineMs / 1000 })
  })

  test('keep variables of Services out, and run an unprivileged user on a read-only file system', () => {
    for (const line of [
      'enableServiceLinks: false',
      'automountServiceAccountToken: false',
      'runAsNonRoot: true',
      'readOnlyRootFilesystem: true',
      'allowPrivilegeEscalation: false',
      'drop: [ALL]',
    ]) {
      expect(deployment).toContain(`${line}\n`)
    }
  })

  test('use the image of the version that the chart is part of', async () => {
    const { appVersion } = parse(await read('Chart.yaml'))
    expect(appVersion).toBe(JSON.parse(await readFile(`${REPOSITORY}package.json`, 'utf8')).version)
  })
})
