import { randomUUID } from 'node:crypto'
import { globalId } from '../../../src/domain/global-id.js'
import { setupIdOf, userIdOf } from '../../../src/domain/identity/viewer.js'
import { HOST_ISSUER, HOST_ORGANIZATION, hostToken } from '../../support/host-user.js'
import { FEW_SCREENS } from '../../support/patchbay.js'
import type { Installation, Instance } from '../installation.js'

/** What tests raise or turn off, as it is in production. */
export const PRODUCTION_LIMITS = {
  ...FEW_SCREENS,
  NODE_ENV: 'production',
  PATCHBAY_AUTHORIZATIONS_PER_MINUTE: '60',
  PATCHBAY_CHANGES_PER_MINUTE: '300',
  PATCHBAY_UNKNOWN_PAGES_PER_MINUTE: '30',
  // All connections come from here, as from a proxy.
  PATCHBAY_TRUSTED_PROXIES: '127.0.0.0/8,::1',
}

/** What the page of a user's setups needs. */
export const SCREEN = `{ viewer { revision setups { status progress { required done }
  steps { status connector { slug name } connection { status account { label } } } } } }`

/** A person whose setup of a plugin is stored. */
export interface Stored {
  userId: string
  token: string
  /** The global id of the setup. */
  setupId: string
}

/** Stores people, each with a setup of the plugin, as many as it would take too long to start one by one. */
export async function storePeople(
  { patchbay: { database } }: Installation,
  count: number,
  pluginSlug: string,
): Promise<Stored[]> {
  const people = await Promise.all(
    Array.from({ length: count }, async () => {
      const subject = randomUUID()
      const userId = userIdOf({ issuer: HOST_ISSUER, subject, organization: HOST_ORGANIZATION })
      return { subject, userId, setup: setupIdOf(userId, pluginSlug), token: await hostToken({ subject }) }
    }),
  )
  const createdAt = new Date()
  await database.db.user.createMany({
    data: people.map(({ userId, subject }) => ({
      id: userId,
      issuer: HOST_ISSUER,
      subject,
      organization: HOST_ORGANIZATION,
      revision: 1,
      createdAt,
    })),
  })
  await database.db.setup.createMany({
    data: people.map(({ userId, setup }) => ({ id: setup, userId, pluginSlug, startedAt: createdAt })),
  })
  return people.map(({ userId, token, setup }) => ({ userId, token, setupId: globalId('PluginSetup', setup) }))
}

/** The longest pause of the instance's event loop since this was last called, in ms. */
export async function longestPauseMs({ url }: Instance): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const [, seconds] = /^patchbay_nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text) ?? []
  return Math.round(Number(seconds) * 1_000)
}
