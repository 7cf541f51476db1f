const STARTUP_VERSION_3 = 196_608
const BIND = 'B'.charCodeAt(0)

/** How often each prepared statement was run, by its name. */
export type StatementCounts = Map<string, number>

/**
 * Counts the statements that one client sends to PostgreSQL. A statement is run by a Bind message with its name (PostgreSQL
 * documentation, "Message Formats").
 * @returns what takes the connection's bytes, in any pieces
 */
export function countStatements(counts: StatementCounts): (chunk: Buffer) => void {
  let unread = Buffer.alloc(0)
  let started = false
  return (chunk) => {
    unread = Buffer.concat([unread, chunk])
    for (;;) {
      // Only the messages before the session starts have no type.
      const lengthAt = started ? 1 : 0
      if (unread.length < lengthAt + 4) return
      const end = lengthAt + unread.readInt32BE(lengthAt)
      if (unread.length < end) return
      const message = unread.subarray(0, end)
      unread = unread.subarray(end)
      if (!started) started = message.readInt32BE(4) === STARTUP_VERSION_3
      else if (message[0] === BIND) {
        const [, name = ''] = message.subarray(5).toString('latin1').split('\0', 2)
        counts.set(name, (counts.get(name) ?? 0) + 1)
      }
    }
  }
}
