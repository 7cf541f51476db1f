import type { Server } from 'node:http'

/** The address cannot be listened on; the message names it and the way out. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/**
 * Makes a server listen.
 * @param variable of the environment that sets the port
 * @throws ListenError when it cannot
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
