/**
 * Stands for your application's own sign-in and sessions, which you have already. It lets anyone be anyone, so copy
 * nothing of this file but the shape of `User`.
 */
import { randomBytes } from 'node:crypto'

/** What your application knows about the person who is signed in. */
export interface User {
  /** Permanent, and never given to someone else: an email address is neither. */
  id: string
  name: string
  organization: { id: string; name: string }
}

const USERS: readonly User[] = [
  { id: 'user-7', name: 'Grace', organization: { id: 'northwind', name: 'Northwind' } },
  { id: 'user-8', name: 'Linus', organization: { id: 'southwind', name: 'Southwind' } },
]

const COOKIE = 'session'

export class Sessions {
  readonly #users = new Map<string, User>()

  /** The user of the request's session; undefined if no one is signed in. */
  userOf(cookieHeader: string | undefined): User | undefined {
    const id = cookieHeader
      ?.split(/; */)
      .find((pair) => pair.startsWith(`${COOKIE}=`))
      ?.slice(COOKIE.length + 1)
    return id === undefined ? undefined : this.#users.get(id)
  }

  /** @returns the header `set-cookie`; undefined if there's no such user */
  signIn(userId: string): string | undefined {
    const user = USERS.find(({ id }) => id === userId)
    if (!user) return undefined
    const id = randomBytes(32).toString('base64url')
    this.#users.set(id, user)
    // In production also Secure, over https.
    return `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax`
  }
}
