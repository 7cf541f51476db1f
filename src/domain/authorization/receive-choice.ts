import type { Connector } from '../catalogue/catalogue.js'
import type { AccountChoice } from '../ports/oauth-client.js'
import { type AuthorizationRecord, findAuthorization } from './authorization-record.js'
import type { BrowserChannel } from './browser-binding.js'
import { choicesFor } from './read-choices.js'
import { readResult } from './read-result.js'
import { type TakeChoiceDeps, takeChoice } from './take-choice.js'

export type ChoiceOutcome =
  | { kind: 'unknown' }
  /** Another browser started the authorization, so nothing was changed. */
  | { kind: 'wrong-browser'; connector: Connector }
  /** It doesn't offer this choice, so nothing was changed. */
  | {
      kind: 'unknown-choice'
      authorization: AuthorizationRecord
      connector: Connector
      choices: readonly AccountChoice[]
    }
  /** There is nothing to choose on this page. */
  | { kind: 'status'; authorization: AuthorizationRecord; connector: Connector }
  /** It has ended, by this choice or before. */
  | { kind: 'ended'; authorization: AuthorizationRecord; connector: Connector }

/** Handles what the person chose on Patchbay's page, in the browser that started the authorization. */
export async function receiveChoice(
  deps: TakeChoiceDeps,
  id: string,
  choiceId: string,
  browser: BrowserChannel,
): Promise<ChoiceOutcome> {
  const found = await readResult(deps, id, browser)
  if (found.kind !== 'status') return found
  const { authorization, connector } = found
  if (authorization.binding === 'CONFIRM') return { kind: 'status', authorization, connector }
  const taken = await takeChoice(deps, authorization, connector, choiceId)
  const present = await findAuthorization(deps.sql, id)
  if (!present) return { kind: 'unknown' }
  const choices = taken === 'unknown-choice' ? await choicesFor(deps, present) : null
  if (choices) return { kind: 'unknown-choice', authorization: present, connector, choices }
  return { kind: present.secret ? 'status' : 'ended', authorization: present, connector }
}
