import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { startInstance } from '../../src/app/app.js'
import { outboundNetworks } from '../../src/app/outbound-networks.js'
import { ConfigurationError } from '../../src/config/configuration-error.js'
import { readConfig } from '../../src/config/environment.js'
import { createKey } from '../../src/domain/access/api-key/create-key.js'
import { createLogger } from '../../src/observability/logger.js'
import { mutateAs } from '../support/callers.js'
import { openTestDatabase } from '../support/database.js'
import { freePort } from '../support/free-port.js'
import { HOST } from '../support/host-user.js'

const PRODUCTION = {
  ...HOST,
  PATCHBAY_ENV: 'production',
  PATCHBAY_PUBLIC_URL: 'http://localhost:4000',
  PATCHBAY_KEYS: randomBytes(32).toString('base64'),
}
const networksWith = (env: object) => outboundNetworks(readConfig({ ...PRODUCTION, ...env }))

test('requests to apps and webhooks have networks of their own, and none by default', () => {
  const { apps, webhooks } = networksWith({
    PATCHBAY_PRIVATE_NETWORKS: '10.0.0.0/8, gitlab.internal',
    PATCHBAY_WEBHOOK_PRIVATE_NETWORKS: '192.168.0.0/16',
  })
  expect([apps.allowPrivate, webhooks.allowPrivate]).toEqual([false, false])
  const allowed = (networks: typeof apps) =>
    ['10.1.2.3', '192.168.1.1', '172.16.0.1'].filter((address) => networks.privateNetworks?.allow(address, address))
  expect([allowed(apps), allowed(webhooks)]).toEqual([['10.1.2.3'], ['192.168.1.1']])
  const none = networksWith({})
  expect([allowed(none.apps), allowed(none.webhooks)]).toEqual([[], []])
})

test.each(['PATCHBAY_PRIVATE_NETWORKS', 'PATCHBAY_WEBHOOK_PRIVATE_NETWORKS'])(
  'an entry of %s that could allow nothing is refused by name',
  (variable) => {
    for (const entry of ['127.0.0.1', 'localhost', '169.254.169.254/32', 'fd00:ec2::254', '8.8.8.8']) {
      const read = () => networksWith({ [variable]: `10.0.0.0/8,${entry}` })
      expect(read).toThrow(ConfigurationError)
      expect(read).toThrow(`✖ ${variable}: “${entry}” has no private address`)
    }
    expect(() => networksWith({ [variable]: '0.0.0.0/0,::/0,.internal' })).not.toThrow()
  },
)

test('O24: in production, connectors and webhooks may have numeric addresses only in networks that are allowed', async () => {
  const port = String(await freePort())
  const database = await openTestDatabase()
  const config = readConfig({
    ...PRODUCTION,
    PATCHBAY_PORT: port,
    PATCHBAY_PUBLIC_URL: `http://localhost:${port}`,
    PATCHBAY_DRAIN_SPREAD: '0',
    PATCHBAY_PRIVATE_NETWORKS: '10.0.0.0/8',
    PATCHBAY_WEBHOOK_PRIVATE_NETWORKS: '192.168.0.0/16',
  })
  const { key } = await createKey(database, { name: 'host', scopes: ['connectors:write', 'webhooks:write'] })
  const instance = await startInstance(config, createLogger('silent'), { openDatabase: async () => database })
  const connectorAt = (host: string) =>
    mutateAs(instance, key, 'configureConnector', {
      slug: 'inside',
      name: 'Inside',
      oauth2: { authorizationUrl: 'https://app.example/authorize', tokenUrl: `https://${host}/token` },
    })
  const webhookAt = (host: string) =>
    mutateAs(instance, key, 'registerWebhook', { url: `https://${host}/`, events: [] })
  try {
    expect(await connectorAt('10.1.2.3')).toMatchObject({ __typename: 'Connector' })
    for (const host of ['192.168.1.1', '127.0.0.1', '169.254.169.254', '[::1]', '[64:ff9b::a9fe:a9fe]']) {
      expect(await connectorAt(host), host).toMatchObject({
        __typename: 'InvalidInputError',
        message: expect.stringMatching(/oauth2\.tokenUrl: .*PATCHBAY_PRIVATE_NETWORKS/),
      })
    }
    expect(await webhookAt('192.168.1.1')).toMatchObject({ __typename: 'WebhookSecret' })
    expect(await webhookAt('10.1.2.3')).toMatchObject({
      __typename: 'InvalidInputError',
      message: expect.stringContaining('PATCHBAY_WEBHOOK_PRIVATE_NETWORKS'),
    })
  } finally {
    await instance.close()
  }
})

test('staging may reach its sandbox wherever that is, and nothing else', () => {
  const { apps, webhooks } = outboundNetworks(
    readConfig({
      PATCHBAY_ENV: 'staging',
      PATCHBAY_PUBLIC_URL: 'https://staging.example.com',
      PATCHBAY_SANDBOX_URL: 'https://sandbox.example.com:8443',
      PATCHBAY_STAGING_PASSWORD: randomBytes(24).toString('base64'),
      PATCHBAY_KEYS: randomBytes(32).toString('base64'),
    }),
  )
  const allows = ({ privateNetworks }: typeof apps, hostname: string) =>
    ['127.0.0.1', '10.1.2.3'].map((address) => privateNetworks?.allow(hostname, address))
  expect([apps.allowPrivate, allows(apps, 'sandbox.example.com')]).toEqual([false, [true, true]])
  expect(allows(apps, 'staging.example.com')).toEqual([false, false])
  expect(allows(apps, 'x.sandbox.example.com')).toEqual([false, false])
  expect(allows(webhooks, 'sandbox.example.com')).toEqual([false, false])
})
