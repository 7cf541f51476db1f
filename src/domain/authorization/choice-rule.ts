import { isOfAccount } from '../ports/account-key.js'
import type { AccountChoice } from '../ports/oauth-client.js'
import { type Ending, NOTHING_TO_CHOOSE, OTHER_ACCOUNT } from './authorization-record.js'
import type { KnownConnection } from './connection-to-keep.js'

export type Chosen =
  /** There is nothing to ask. */
  | { kind: 'taken'; choice: AccountChoice }
  /** The person has to say which. */
  | { kind: 'ask'; choices: readonly AccountChoice[] }
  | { kind: 'impossible'; ending: Ending }

/**
 * Returns which of several accounts is connected.
 *
 * 1. Without any, nothing can be connected.
 * 2. A connection to repair can only keep its account, so the others don't count. Without it, nothing can be repaired.
 * 3. If one is left, it is taken.
 * 4. Otherwise, the person is asked.
 * @param toRepair undefined for a new account, or if the connection is gone
 */
export function chosenFrom(choices: readonly AccountChoice[], toRepair: KnownConnection | undefined): Chosen {
  if (choices.length === 0) return { kind: 'impossible', ending: NOTHING_TO_CHOOSE }
  const possible = choices.filter(({ account }) => !toRepair || couldRepair(toRepair, account))
  const [first, second] = possible
  if (!first) return { kind: 'impossible', ending: OTHER_ACCOUNT }
  return second ? { kind: 'ask', choices: possible } : { kind: 'taken', choice: first }
}

function couldRepair(connection: KnownConnection, account: AccountChoice['account']): boolean {
  return connection.accountId === null || (account !== null && isOfAccount(connection, account))
}
