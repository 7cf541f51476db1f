import { sealSecret } from '../credential/authorization-secret.js'
import { type StoredTokens, sealTokens } from '../credential/tokens.js'
import type { Deps } from '../deps.js'
import type { AccountChoice, Tokens } from '../ports/oauth-client.js'
import type { AuthorizationRecord } from './authorization-record.js'
import { type ChangeAuthorizationDeps, changeAuthorization } from './change-authorization.js'

/**
 * Keeps the tokens of an EXCHANGING authorization, sealed, until the person has chosen what they connect with them.
 * @returns whether it now awaits the choice. Otherwise, it has ended in the meantime, and nothing was kept
 * @throws VaultError
 */
export async function awaitChoice(
  deps: ChangeAuthorizationDeps & Pick<Deps, 'vault'>,
  authorization: AuthorizationRecord,
  tokens: Tokens & StoredTokens,
  choices: readonly AccountChoice[],
): Promise<boolean> {
  const { id, userId, user } = authorization
  const { scope, expiresInSeconds } = tokens
  // They may call a key service, so they come before any lock.
  const [secret, sealed] = await Promise.all([
    sealSecret(deps.vault, authorization, { choices, scope, expiresInSeconds }),
    sealTokens(deps.vault, { organization: user.organization, userId, recordId: id }, tokens),
  ])
  return changeAuthorization(deps, authorization, async (tx, current) => {
    if (current.status !== 'EXCHANGING') return false
    await tx.authorization.update({ where: { id }, data: { status: 'AWAITING_CHOICE' } })
    await tx.authorizationSecret.update({ where: { authorizationId: id }, data: { sealed: secret } })
    const accountId = choices[0]?.account?.id ?? null
    await tx.authorizationTokens.create({ data: { authorizationId: id, accountId, sealed } })
    return true
  })
}
