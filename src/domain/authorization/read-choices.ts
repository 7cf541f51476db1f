import { openAwaitedChoice } from '../credential/authorization-secret.js'
import type { Deps } from '../deps.js'
import type { Viewer } from '../identity/viewer.js'
import type { AccountChoice } from '../ports/oauth-client.js'
import type { AuthorizationRecord } from './authorization-record.js'

/**
 * Returns what the person can choose from on Patchbay's own page. With the binding CONFIRM, any browser may come there,
 * so the choice belongs to the host's application, where someone is signed in.
 * @returns null if there is nothing to choose on that page
 */
export async function choicesFor(
  { vault }: Pick<Deps, 'vault'>,
  authorization: AuthorizationRecord,
): Promise<readonly AccountChoice[] | null> {
  const { status, binding, secret } = authorization
  if (status !== 'AWAITING_CHOICE' || binding !== 'BROWSER' || !secret) return null
  return (await openAwaitedChoice(vault, authorization, secret.sealed))?.choices ?? null
}

/** Returns what the user can choose from, by the authorization's id. Those that await no choice are left out. */
export async function readChoices(
  { db, vault }: Pick<Deps, 'db' | 'vault'>,
  { userId }: Viewer,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly AccountChoice[]>> {
  const rows = await db.authorizationSecret.findMany({
    where: { authorization: { id: { in: [...ids] }, userId, status: 'AWAITING_CHOICE' } },
    select: {
      authorizationId: true,
      sealed: true,
      authorization: { select: { user: { select: { organization: true } } } },
    },
  })
  const opened = rows.map(async ({ authorizationId: id, sealed, authorization: { user } }) => {
    const awaited = await openAwaitedChoice(vault, { id, userId, user }, sealed)
    return [id, awaited?.choices ?? []] as const
  })
  return new Map(await Promise.all(opened))
}
