import type { Server } from 'node:http'

/** The server can't listen on the address. The message names it and says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/**
 * Starts listening.
 * @param variable the environment variable that sets the port
 * @throws ListenError if that fails
 */
export function bind(
  server: Server,
  { host, port, variable }: { host: string; port: number; variable: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(
          new ListenError(
            `Port ${port} on ${host} is already in use. Stop the process that uses it, or set ${variable}.`,
          ),
        )
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
        reject(new ListenError(`PATCHBAY_HOST ${host} isn’t an address of this machine.`))
      else if (error.code === 'EACCES')
        reject(
          new ListenError(
            `This process isn’t allowed to listen on port ${port}. Set ${variable} to a port above 1023.`,
          ),
        )
      else reject(error)
    })
    server.listen(port, host, () => resolve())
  })
}
