import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatKey, newKey } from '../../src/domain/access/api-key/key-form.js'
import { count, FULL, record } from '../support/counts.js'
import { addConnections, addSetups } from '../support/crowded-user.js'
import { HOST_ISSUER, HOST_ORGANIZATION, startSetup } from '../support/host-user.js'
import { connectorId } from '../support/patchbay.js'
import { type Installation, type Instance, newPerson, startInstallation } from './installation.js'
import { PRODUCTION_LIMITS, SCREEN } from './load/loads.js'
import { startGenerator } from './load/start-generator.js'
import { type Operation, UNIQUE } from './load/tasks.js'

/** How many requests at the same time show what the instance can answer. */
const CONNECTIONS = 8
const TWENTY_STATUSES = Array.from({ length: 20 }, (_, index) => `s${index}: status`).join(' ')
/** Nearly as much as a response may contain. */
const LARGE = [
  '{ viewer { setups { steps { connector { connections { id } } } } } }',
  `{ viewer { connections { id ${TWENTY_STATUSES} } } }`,
  '{ plugins(first: 100) { edges { node { name setup { steps { connector { connections { id } } } } } } } }',
]
/** As large as a document may be. None of its fields exist. */
const INVALID = `{ viewer { ${Array.from({ length: 1_900 }, (_, index) => `unknown${index}`).join(' ')} } }`
/** A document that the instance hasn't parsed before, each time it is sent. */
const NEW = `{ viewer { setups { status } connections { ${TWENTY_STATUSES} } } } # ${UNIQUE}`
const CHANGE = `mutation { authorizeConnector(input: { connectorId: "${connectorId('acme-chat')}" }) { __typename } }`

let installation: Installation
let instance: Instance
let elsewhere: Instance
beforeAll(async () => {
  installation = await startInstallation()
  const starting = () => installation.start({ env: PRODUCTION_LIMITS })
  ;[instance, elsewhere] = await Promise.all([starting(), starting()])
})
afterAll(() => installation[Symbol.asyncDispose]())

/** A user with 200 connections and 50 setups, everything heavy that they can send, valid or not, and wrong keys. */
async function everythingHeavy(): Promise<Operation[]> {
  const person = await newPerson(installation)
  const user = { issuer: HOST_ISSUER, subject: person.subject, organization: HOST_ORGANIZATION }
  await addConnections(installation.patchbay, 200, user)
  await addSetups(installation.patchbay, 50, user)
  const { token } = person
  const wrong = Array.from({ length: 3 }, () => {
    const { id, secret } = newKey()
    return { token: formatKey(id, secret), query: SCREEN }
  })
  return [...[...LARGE, CHANGE, INVALID, NEW].map((query) => ({ token, query })), ...wrong]
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

test('G22: one caller at full effort doesn’t keep another one waiting', { timeout: 600_000 }, async () => {
  const seconds = count(30, 1)
  const operations = await everythingHeavy()
  const other = await newPerson(installation)
  await startSetup(other.at(instance))
  const screen = { token: other.token, query: SCREEN }
  await using asking = startGenerator()
  // It gets the processor time that nothing else wants, because only what it causes at the instance counts.
  await using flooding = startGenerator(19)
  const { url } = instance
  const ask = () => asking.perform({ kind: 'ask', url, operations: [screen], perSecond, seconds })
  const flood = ({ url }: Instance) =>
    flooding.perform({
      kind: 'flood',
      url,
      operations,
      seconds: seconds + 1,
      connections: count(50, 10),
      sockets: count(10, 3),
      perSocket: count(50, 10),
    })
  // Half of what the instance answers while the machine is as busy as it will be.
  const busy = flood(elsewhere)
  const most = await asking.perform({ kind: 'flood', url, operations: [screen], seconds, connections: CONNECTIONS })
  await busy
  const perSecond = Math.max(1, Math.floor((most[200] ?? 0) / seconds / 2))
  const p99s = { alone: [] as number[], elsewhere: [] as number[], here: [] as number[] }
  let longest = 0
  let answers = 0
  for (let round = 0; round < count(3, 1); round++) {
    p99s.alone.push((await ask()).p99)
    for (const [place, where] of [
      ['elsewhere', elsewhere],
      ['here', instance],
    ] as const) {
      const flooded = flood(where)
      const asked = await ask()
      expect(asked.failed).toBe(0)
      p99s[place].push(asked.p99)
      if (place === 'here') longest = Math.max(longest, asked.max)
      const found = await flooded
      answers += (found[200] ?? 0) + (found.next ?? 0)
    }
  }
  expect(answers).toBeGreaterThan(0)
  const [alone, next, here] = [median(p99s.alone), median(p99s.elsewhere), median(p99s.here)]
  const ratio = (of: number) => Math.round((here / of) * 10) / 10
  record('G22', 'one caller at full effort, and another one at half load', {
    'requests per second': perSecond,
    'p99 alone (ms)': alone,
    'p99 while another instance is flooded (ms)': next,
    'p99 (ms)': here,
    'longest wait (ms)': longest,
    'factor to alone': ratio(alone),
    'factor to the other instance': ratio(next),
  })
  if (FULL) expect(ratio(Math.max(alone, next))).toBeLessThan(3)
  expect(installation.accidents()).toEqual([])
})
