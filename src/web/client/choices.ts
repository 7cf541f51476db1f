import { AuthorizationChoicesDocument, ChooseAccountDocument } from '../../generated/client/graphql.js'
import type { Confirmed } from './returned.js'
import type { Transport } from './transport.js'
import { messageForPeople } from './typed-errors.js'

/** One of several accounts, such as a site, that the person can choose. */
export interface Choice {
  /** The app's own id for it. */
  choiceId: string
  label: string
}

/** Returns what the person can choose from. Empty unless the authorization's status is `AWAITING_CHOICE`. */
export async function readChoices(transport: Transport, authorizationId: string): Promise<Choice[]> {
  const { node } = await transport.execute(AuthorizationChoicesDocument, { id: authorizationId })
  return node?.__typename === 'Authorization' ? (node.choices ?? []) : []
}

/**
 * Connects what the person chose, in place of Patchbay's own page. With the binding CONFIRM, only this does.
 * Returns an `AuthorizationEndedError` if something was chosen before. Rejects if the API wasn't reached.
 */
export async function chooseAccount(
  transport: Transport,
  input: { authorizationId: string; choiceId: string },
): Promise<Confirmed> {
  const { chooseAccount: answer } = await transport.execute(ChooseAccountDocument, { input })
  if (answer.__typename === 'Authorization') return { authorization: answer }
  return { message: messageForPeople(answer), error: answer }
}
