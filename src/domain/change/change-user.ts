import type { Db, Tx } from '../db.js'
import type { Viewer } from '../identity/viewer.js'
import type { Notifier } from '../ports/notifier.js'
import { type Change, raiseRevision, raiseRevisionOf } from './revision.js'

/** What a change takes: `work` runs after the user's row was locked, so what it reads cannot change before the commit. */
type Work<T> = (tx: Tx, change: Change) => Promise<T>
type ChangeDeps = { db: Db; notifier: Notifier }

/**
 * Changes something of the viewer's in one transaction, and notifies subscribers after the commit. What `work` throws
 * rolls it back.
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

/** Says that there is nothing to change; the transaction leaves nothing behind. */
class NothingToChange extends Error {}

/**
 * The same for a user who exists, and for what there may be nothing of to change.
 * @param who the user's id for what the server does on its own; the viewer for what a viewer does
 * @param work returns null when there is nothing to change, and nothing is written
 * @returns null when nothing was changed
 * @throws NotAdmittedError of a viewer
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
