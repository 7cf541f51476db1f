import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { ConfigurationError } from '../config/configuration-error.js'

/**
 * Reads a secret from a variable of the environment or, without its name, from standard input.
 * @param what it is, for the question at a terminal
 */
export type ReadSecret = (variable: string | undefined, what?: string) => Promise<string>

/** A terminal asks for the secret and doesn't show it. From a file or a pipe, everything but the last line break counts. */
export function createReadSecret(environment: NodeJS.ProcessEnv): ReadSecret {
  return async (variable, what = 'Client secret') => {
    if (variable === undefined)
      return process.stdin.isTTY ? typed(what) : (await text(process.stdin)).replace(/\r?\n$/, '')
    const secret = environment[variable]
    if (!secret) throw new ConfigurationError(`The variable ${variable} isn’t set.`)
    return secret
  }
}

async function typed(what: string): Promise<string> {
  process.stderr.write(`${what}: `)
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: hidden, terminal: true })
  terminal.on('SIGINT', () => process.exit(1))
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
