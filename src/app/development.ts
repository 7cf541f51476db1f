import { join } from 'node:path'
import { ConfigurationError } from '../config/configuration-error.js'
import type { Config } from '../config/environment.js'
import { redirectUri } from '../domain/oauth-urls.js'
import type { Gate } from '../http/staging/gate.js'
import type { Sandbox } from '../sandbox/sandbox.js'

/**
 * Starts the apps to try Patchbay with. Loaded only in development and staging, because production needs no
 * authorization server.
 * @param gate stands in front of it in staging
 * @param font the file of the wizard's type, if there is one
 * @throws ConfigurationError if the port is in use
 */
export async function openSandbox(
  config: Config,
  publicUrl: string,
  { gate, font }: { gate?: Gate | undefined; font?: string | undefined } = {},
): Promise<Sandbox | undefined> {
  const port = config.sandboxPort
  if (port === undefined) return undefined
  const { startSandbox } = await import('../sandbox/sandbox.js')
  try {
    return await startSandbox({
      hostname: new URL(publicUrl).hostname,
      host: config.host,
      port,
      publicUrl: config.staging?.sandboxUrl,
      gate,
      font,
      ownSecrets: config.staging !== undefined,
      redirectUri: (app) => [redirectUri(publicUrl, app)],
      stateFile: join(config.dataFolder, 'sandbox.json'),
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new ConfigurationError(
      `Port ${port} on ${config.host} is already in use. Stop the process that uses it, or set PATCHBAY_SANDBOX_PORT.`,
    )
  }
}

/** The Host headers that are accepted in development, so that no other name leads to the signed-in GraphiQL. */
export function developmentHosts(port: number, publicUrl: string): ReadonlySet<string> {
  const loopback = ['localhost', '127.0.0.1', '[::1]'].map((name) => `${name}:${port}`)
  return new Set([...loopback, new URL(publicUrl).host])
}
