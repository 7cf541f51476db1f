import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { sealSecret } from '../../src/domain/credential/authorization-secret.js'
import { globalId } from '../../src/domain/global-id.js'
import { createEnvelopeVault } from '../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../src/vault/key-ring.js'
import { connectorAt, type Need, organizationOf, scopesOf } from '../fixture/fixture.js'
import type { Callback, Place } from './contestant.js'
import { connectorSlug, patchbayUserId, setupId } from './patchbay-facts.js'

const INSERT = `WITH opened AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::bytea[], $7::bytea[], $8::bytea[])
      AS opened (id, "userId", connector, "setupId", scopes, state, browser, sealed)),
  inserted AS (
    INSERT INTO "Authorization" (id, "userId", "connectorSlug", "setupId", status, binding, display, scopes,
      "stateHash", "browserHash", "createdAt", "expiresAt")
    SELECT id, "userId", connector, "setupId", 'OPENED', 'BROWSER', 'POPUP', scopes::text[], state, browser,
      now(), now() + interval '10 minutes' FROM opened)
  INSERT INTO "AuthorizationSecret" ("authorizationId", sealed) SELECT id, sealed FROM opened`

const hash = (text: string) => createHash('sha256').update(text).digest()
const random = () => randomBytes(32).toString('base64url')

/** Leaves the rows that `authorizeConnector` and the visit to the consent screen would leave. */
export async function openAuthorizations(place: Place, needs: readonly Need[]): Promise<Callback[]> {
  const vault = createEnvelopeVault(createKeyRing([place.encryptionKey]))
  const opened = await Promise.all(
    needs.map(async ({ userId, pluginId, position }) => {
      const [id, state, cookie] = [randomUUID(), random(), random()]
      const owner = { id, userId: patchbayUserId(userId), user: { organization: String(organizationOf(userId)) } }
      return {
        ...owner,
        state,
        cookie,
        connector: connectorSlug(connectorAt(pluginId, position)),
        setupId: setupId(userId, pluginId),
        scopes: `{${scopesOf(pluginId, position)}}`,
        sealed: await sealSecret(vault, owner, { state, codeVerifier: random() }),
      }
    }),
  )
  await place.pool.query(INSERT, [
    opened.map(({ id }) => id),
    opened.map(({ userId }) => userId),
    opened.map(({ connector }) => connector),
    opened.map((each) => each.setupId),
    opened.map(({ scopes }) => scopes),
    opened.map(({ state }) => hash(state)),
    opened.map(({ cookie }) => hash(cookie)),
    opened.map(({ sealed }) => Buffer.from(sealed)),
  ])
  // The bench's PostgreSQL has no autovacuum, which would do this.
  await place.pool.query('ANALYZE "Authorization", "AuthorizationSecret", "StepBinding", "Activity"')
  return opened.map(({ id, state, cookie, connector }) => ({
    path: `/oauth/callback/${connector}?code=code&state=${state}`,
    headers: { cookie: `pb-${id}=${cookie}` },
    tag: globalId('Authorization', id),
  }))
}
