import type { Db, Tx } from '../db.js'
import type { Viewer } from '../identity/viewer.js'
import type { Notifier } from '../ports/notifier.js'
import { type Change, raiseRevision, raiseRevisionOf } from './revision.js'

/** What a change gets. `work` runs after the user's row was locked, so what it reads can't change before the commit. */
type Work<T> = (tx: Tx, change: Change) => Promise<T>
type ChangeDeps = { db: Db; notifier: Notifier }

/**
 * Changes something of the viewer in one transaction, and notifies subscribers after the commit. If `work` throws, the
 * transaction rolls back.
 * @throws NotAdmittedError
 */
export async function changeUser<T>({ db, notifier }: ChangeDeps, viewer: Viewer, work: Work<T>): Promise<T> {
  const { change, result } = await db.$transaction(async (tx) => {
    const change = await raiseRevision(tx, viewer)
    return { change, result: await work(tx, change) }
  })
  notifier.notify(change)
  return result
}

/** Thrown to say that nothing has to change, so that the transaction rolls back. */
class NothingToChange extends Error {}

/**
 * The same for an existing user, if there may be nothing to change.
 * @param who the user's id for changes by the server itself, the viewer for changes by a viewer
 * @param work returns null if nothing has to change, and nothing is written then
 * @returns null if nothing changed
 * @throws NotAdmittedError if the viewer's token is no longer accepted
 */
export async function changeKnownUser<T>(
  { db, notifier }: ChangeDeps,
  who: string | Viewer,
  work: Work<T | null>,
): Promise<T | null> {
  try {
    const { change, result } = await db.$transaction(async (tx) => {
      const change = typeof who === 'string' ? await raiseRevisionOf(tx, who) : await raiseRevision(tx, who)
      const result = change && (await work(tx, change))
      if (!change || result === null) throw new NothingToChange()
      return { change, result }
    })
    notifier.notify(change)
    return result
  } catch (error) {
    if (error instanceof NothingToChange) return null
    throw error
  }
}
