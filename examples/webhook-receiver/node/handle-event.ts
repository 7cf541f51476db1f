/** What `data` has in common, whatever the type. */
interface User {
  issuer: string
  subject: string
  organization: string
}

interface Connection {
  id: string
  connector: string
  status: string
  problem: string | null
}

interface Setup {
  id: string
  plugin: string
  status: string
}

export interface Event {
  type: string
  /** When it happened: ISO 8601. */
  timestamp: string
  data: { user?: User; connection?: Connection; setup?: Setup }
}

/**
 * Does what your application has to do about an event. Replace it by yours.
 *
 * If it throws, it's called again with the same event, so it has to be safe to repeat. Events are hints that something
 * changed: before you act on one, query the current state with `node(id)`.
 */
export async function handleEvent({ type, data: { user, connection, setup } }: Event): Promise<void> {
  switch (type) {
    case 'connection.broken':
      console.info(`Ask ${user?.subject} to reconnect ${connection?.connector} (${connection?.problem}).`)
      return
    case 'connection.live':
    case 'connection.removed':
      console.info(`${user?.subject}: ${connection?.connector} is ${connection?.status}.`)
      return
    case 'setup.ready':
    case 'setup.needs_attention':
      console.info(`${user?.subject}: ${setup?.plugin} is ${setup?.status}.`)
      return
    default:
      // A test, or a type that a newer Patchbay sends.
      console.info(`Nothing to do about ${type}.`)
  }
}
