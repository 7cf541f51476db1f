import type { Deps } from '../deps.js'
import { AuthorizationEndedError, NotFoundError, UnknownChoiceError } from '../errors.js'
import type { Viewer } from '../identity/viewer.js'
import type { AuthorizationRow } from '../view/user-state.js'
import { foundIn, type Snapshot } from '../view/user-view.js'
import { findAuthorization } from './authorization-record.js'
import { type TakeChoiceDeps, takeChoice } from './take-choice.js'

/**
 * Connects one of the accounts that an authorization of the viewer offers.
 * @throws UnknownChoiceError if it doesn't offer this one
 */
export async function chooseAccount(
  deps: TakeChoiceDeps & Pick<Deps, 'readView'>,
  viewer: Viewer,
  { id, choiceId }: { id: string; choiceId: string },
): Promise<Snapshot<AuthorizationRow>> {
  // Look only at what the viewer sees, because a setup session sees the authorizations of one setup.
  if (!(await deps.readView(viewer, id)).authorization(id)) throw new NotFoundError('authorization')
  const authorization = await findAuthorization(deps.sql, id)
  if (!authorization) throw new NotFoundError('authorization')
  const catalogue = await deps.catalogue.at(authorization.catalogueRevision)
  const connector = catalogue.connectors.get(authorization.connectorSlug)
  if (!connector) throw new NotFoundError('connector')
  const taken = await takeChoice(deps, authorization, connector, choiceId)
  if (taken === 'unknown-choice') throw new UnknownChoiceError()
  const view = await deps.readView(viewer, id)
  const chosen = foundIn(view, view.authorization(id), 'authorization')
  if (taken === 'ended') throw new AuthorizationEndedError(chosen.item.status)
  return chosen
}
