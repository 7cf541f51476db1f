import { buildConnector } from 'undici'
import type { Network } from '../../src/outbound/guarded-agent.js'

/** A network whose names lead to these addresses, and whose addresses all are this machine. */
export interface PrivateNetwork extends Pick<Network, 'lookup' | 'buildConnector'> {
  /** The names, and the addresses that they lead to now. Others don't exist. */
  names: Map<string, string[]>
  /** The addresses that something connected to, as it saw them. */
  reached: string[]
}

export function privateNetwork(names: Record<string, string[]> = {}): Required<PrivateNetwork> {
  const known = new Map(Object.entries(names))
  const reached: string[] = []
  return {
    names: known,
    reached,
    lookup(hostname, _options, callback) {
      const addresses = known.get(hostname)
      if (!addresses) callback(Object.assign(new Error(`no ${hostname}`), { code: 'ENOTFOUND' }), [])
      else
        callback(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        )
    },
    buildConnector(options) {
      const lookup = options !== undefined && 'lookup' in options ? options.lookup : undefined
      if (!lookup) throw new Error('connections are made without the guard’s lookup')
      const connect = buildConnector({})
      const atThisMachine = (target: Parameters<typeof connect>[0], callback: Parameters<typeof connect>[1]) =>
        connect({ ...target, servername: 'localhost', hostname: '127.0.0.1' }, callback)
      return (target, callback) => {
        if (!/[a-z]/.test(target.hostname)) {
          reached.push(target.hostname)
          return atThisMachine(target, callback)
        }
        lookup(target.hostname, { all: true }, (error, addresses) => {
          if (error) return callback(error, null)
          reached.push(...[addresses].flat().map((one) => (typeof one === 'string' ? one : one.address)))
          atThisMachine(target, callback)
        })
      }
    },
  }
}
