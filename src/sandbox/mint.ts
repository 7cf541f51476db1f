import * as z from 'zod'
import type { AppState } from './app-state.js'
import { type AppDefinition, accountIdPattern, identityScopes } from './apps.js'
import type { Provider } from './provider.js'

const MAX_ACCOUNTS = 10_000

/** Grants to make without a person: one for each account, including accounts that no one can sign in to. */
export interface MintRequest {
  /**
   * at most 10,000 ids such as `bench-17`: 1 to 64 lowercase letters, digits, `.`, `_` and `-`, starting with a letter
   * or digit
   */
  accounts: readonly string[]
  /** what is granted; by default openid, email, offline_access and every scope of the app */
  scopes?: readonly string[] | undefined
}

/** What a client would have after consent. */
export interface MintedGrant {
  /** the grant's id in the control API */
  grant: string
  account: string
  scopes: readonly string[]
  accessToken: string
  expiresInSeconds: number
  /** null if the app issues no refresh token for these scopes */
  refreshToken: string | null
}

export function mintSchema({ scopes }: AppDefinition) {
  const known = [...identityScopes, ...scopes.map((scope) => scope.name)]
  return z.strictObject({
    accounts: z
      .array(
        z
          .string()
          .regex(
            accountIdPattern,
            'must be 1 to 64 lowercase letters, digits, dots, underscores or hyphens, and start with a letter or digit',
          ),
      )
      .min(1)
      .max(MAX_ACCOUNTS),
    scopes: z.array(z.enum(known)).min(1).optional(),
  })
}

/**
 * Makes grants, each with an access token and a refresh token, as if a person had consented and the code had been
 * exchanged. Follows `accessTokenTtlSeconds` and `refreshTokens`. Throws zod's error if the schema rejects the request.
 */
export async function mintGrants(provider: Provider, state: AppState, request: MintRequest): Promise<MintedGrant[]> {
  const { app, behavior } = state
  const { accounts, scopes: asked } = mintSchema(app).parse(request)
  const scopes = asked ?? ['openid', 'email', 'offline_access', ...app.scopes.map((scope) => scope.name)]
  const client = await provider.Client.find(app.clientId)
  if (!client) throw new Error(`The app ${app.slug} has no client ${app.clientId}.`)
  const scope = scopes.join(' ')
  const refreshable =
    behavior.refreshTokens === 'always' ||
    (behavior.refreshTokens === 'offline_access' && scopes.includes('offline_access'))

  return Promise.all(
    accounts.map(async (accountId) => {
      const grant = new provider.Grant({ accountId, clientId: client.clientId })
      grant.addOIDCScope(scope)
      const grantId = await grant.save()
      const common = { accountId, client, grantId, gty: 'authorization_code', scope }
      const accessToken = new provider.AccessToken(common)
      const refreshToken = new provider.RefreshToken({ ...common, rotations: 0 })
      return {
        grant: grantId,
        account: accountId,
        scopes,
        accessToken: await accessToken.save(),
        expiresInSeconds: accessToken.expiration,
        refreshToken: refreshable ? await refreshToken.save() : null,
      }
    }),
  )
}
