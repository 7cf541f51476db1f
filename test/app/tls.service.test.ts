import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgres } from '../../src/database/postgres.js'
import { createRedisBus } from '../../src/live/redis-bus.js'
import { createLogger } from '../../src/observability/logger.js'
import { createMetrics } from '../../src/observability/metrics.js'
import { createTelemetry } from '../../src/observability/telemetry.js'
import { type Certificate, createCertificate } from '../support/certificate.js'
import { freePort } from '../support/free-port.js'
import { PATIENT } from '../support/patience.js'
import { ownInstallation, startProcess } from '../support/process.js'
import { startRedisServer } from '../support/redis-server.js'

let made: Certificate
let certificate: string
beforeAll(async () => {
  made = await createCertificate()
  certificate = made.path
})
afterAll(() => made[Symbol.asyncDispose]())

const credentials = () => ({ key: made.key, cert: made.cert })

test('a Redis whose certificate is not trusted is refused, with advice on how to trust it', PATIENT, async () => {
  const server = createTlsServer(credentials())
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const report = createTelemetry(createLogger('silent'), createMetrics())
  const bus = createRedisBus(
    { nodes: [`rediss://127.0.0.1:${port}`], channel: 'rings', startTimeoutMs: 60_000 },
    report,
  )
  await expect(bus.subscribe({ notified: () => {}, resumed: () => {} })).rejects.toThrow(
    /^REDIS_URL: the certificate .* isn’t trusted.*NODE_EXTRA_CA_CERTS/,
  )
  await bus.close()
  server.close()
})

test(
  'a PostgreSQL server whose certificate is not trusted is refused, with advice on how to trust it',
  PATIENT,
  async () => {
    const secure = credentials()
    const server = createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => {
        socket.write('S') // the answer to SSLRequest
        new TLSSocket(socket, { isServer: true, ...secure }).on('error', () => {})
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const url = `postgresql://patchbay@127.0.0.1:${port}/patchbay?sslmode=verify-full`
    const opening = openPostgres({ url, poolSize: 2, startTimeoutMs: 5_000, onConnectionLost: () => {} })
    await expect(opening).rejects.toThrow(/^DATABASE_URL: the certificate .* isn’t trusted.*NODE_EXTRA_CA_CERTS/)
    server.close()
  },
)

test('an instance can use a Redis that speaks only TLS and asks for a password', PATIENT, async () => {
  const tlsPort = await freePort()
  const secure = ['--tls-port', String(tlsPort), '--tls-cert-file', certificate, '--tls-key-file', made.keyPath]
  await using server = await startRedisServer([...secure, '--tls-auth-clients', 'no', '--requirepass', 'p@ss'])
  const { env, remove } = await ownInstallation()
  const instance = await startProcess({
    ...env,
    PATCHBAY_SANDBOX: 'off',
    NODE_EXTRA_CA_CERTS: certificate,
    REDIS_URL: `rediss://:p%40ss@localhost:${tlsPort}`,
  })
  expect(await (await fetch(`${instance.url}/readyz`)).json()).toMatchObject({ status: 'ready', checks: { bus: 'ok' } })
  await server.kill()
  await expect
    .poll(async () => (await (await fetch(`${instance.url}/readyz`)).json()) as object)
    .toMatchObject({ status: 'degraded' })
  expect(await instance.stop()).toBe(0)
  await remove()
})
