import type { Socket } from 'node:net'
import { countedAs } from './addresses.js'

/**
 * Limits how many connections one address has on which no token was accepted yet. The oldest of them gives way to a new
 * one. So what one client keeps open is limited, but it can't keep others out, even if all of them come from the address
 * of one proxy.
 */
export class Strangers {
  readonly #limit: number
  readonly #isExempt: (address: string) => boolean
  readonly #onDropped: () => void
  /** In the order in which they were opened. */
  readonly #byAddress = new Map<string, Set<Socket>>()
  readonly #addresses = new WeakMap<Socket, string>()

  /** @param isExempt whether any number of connections from this address is fine */
  constructor(limit: number, isExempt: (address: string) => boolean, onDropped: () => void) {
    this.#limit = limit
    this.#isExempt = isExempt
    this.#onDropped = onDropped
  }

  add(socket: Socket): void {
    const { remoteAddress } = socket
    if (remoteAddress === undefined || this.#isExempt(remoteAddress)) return
    const address = countedAs(remoteAddress)
    let sockets = this.#byAddress.get(address)
    if (!sockets) {
      sockets = new Set()
      this.#byAddress.set(address, sockets)
    }
    sockets.add(socket)
    this.#addresses.set(socket, address)
    const [oldest] = sockets
    if (sockets.size <= this.#limit || !oldest) return
    this.forget(oldest)
    this.#onDropped()
    oldest.destroy()
  }

  /** The connection was closed, or a token was accepted on it. */
  forget(socket: Socket): void {
    const address = this.#addresses.get(socket)
    if (address === undefined) return
    this.#addresses.delete(socket)
    const sockets = this.#byAddress.get(address)
    sockets?.delete(socket)
    if (sockets?.size === 0) this.#byAddress.delete(address)
  }
}
