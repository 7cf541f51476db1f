import { randomUUID } from 'node:crypto'
import type { AuthorizationBinding, AuthorizationDisplay } from '../../generated/prisma/enums.js'
import type { Connector } from '../catalogue/catalogue.js'
import { valuesOf } from '../catalogue/provider-urls.js'
import type { VariableValues } from '../catalogue/url-template.js'
import { changeUser } from '../change/change-user.js'
import { sealSecret } from '../credential/authorization-secret.js'
import type { Deps } from '../deps.js'
import {
  BindingImpossibleError,
  ConnectorUnavailableError,
  ForbiddenError,
  InvalidReturnToError,
  NotFoundError,
  TooManyAuthorizationsError,
} from '../errors.js'
import { later } from '../formats.js'
import { globalId } from '../global-id.js'
import { hashSecret, newSecret } from '../hashed-secret.js'
import { shownOnce, takeEffect } from '../idempotency/keyed-operation.js'
import type { Viewer } from '../identity/viewer.js'
import { assertRequired } from '../setup/setup-step.js'
import { AUTHORIZATION_LIFETIME_MS, MAX_OPEN_AUTHORIZATIONS } from '../view/authorization-limits.js'
import { OPEN_STATUSES } from '../view/authorization-status.js'
import type { AuthorizationRow } from '../view/user-state.js'
import { foundIn, type Snapshot, type UserView } from '../view/user-view.js'
import { type BrowserChannel, bindToBrowser } from './browser-binding.js'
import { type EnteredVariable, enteredVariables } from './entered-variables.js'
import { allowedReturnTo, returnsToHost } from './return-to.js'
import { scopesToAsk } from './scopes-to-ask.js'

export interface AuthorizeConnector {
  connectorSlug: string
  setupId: string | null
  /** The connection to repair. With null, the user can connect any account. */
  connectionId: string | null
  returnTo: string | null
  display: AuthorizationDisplay
  binding: AuthorizationBinding
  /** What the person entered for the connector's variables. A connection to repair keeps its values. */
  variables: readonly EnteredVariable[]
}

/**
 * Starts an authorization. Other open ones remain valid.
 * @param browser gets the cookie that binds the authorization to it, if the binding is BROWSER
 */
export async function authorizeConnector(
  deps: Pick<Deps, 'db' | 'notifier' | 'readView' | 'vault' | 'oauth' | 'telemetry' | 'settings'>,
  viewer: Viewer,
  request: AuthorizeConnector,
  browser: BrowserChannel,
): Promise<Snapshot<AuthorizationRow>> {
  const { connectorSlug, setupId, connectionId, display, binding } = request
  // A session can't see other setups, and it can't authorize without a setup.
  if (viewer.session && setupId === null) throw new ForbiddenError('setup-session')
  const before = await deps.readView(viewer)
  const connector = checkedConnector(before, request)
  const returnTo = checkedReturnTo(request, deps.settings)
  if (binding === 'BROWSER' && !browser.canSetCookie) throw new BindingImpossibleError()
  const variables = enteredVariables(
    connector.provider,
    request.variables,
    await keptVariables(deps, connector, request),
  )

  const id = randomUUID()
  const secrets = deps.oauth.newSecrets()
  const browserSecret = binding === 'BROWSER' ? newSecret() : null
  const owner = { id, userId: viewer.userId, user: { organization: viewer.organization.id } }
  const sealed = await sealSecret(deps.vault, owner, { ...secrets, variables })
  await changeUser(deps, viewer, async (tx, { userId, now }) => {
    const open = await tx.authorization.count({
      where: { userId, status: { in: [...OPEN_STATUSES] }, expiresAt: { gt: now } },
    })
    if (open >= MAX_OPEN_AUTHORIZATIONS)
      throw new TooManyAuthorizationsError(MAX_OPEN_AUTHORIZATIONS, AUTHORIZATION_LIFETIME_MS)
    if (setupId && !(await tx.setup.findUnique({ where: { id: setupId, userId } }))) throw new NotFoundError('setup')
    await tx.authorization.create({
      data: {
        id,
        userId,
        connectorSlug,
        setupId,
        targetConnectionId: connectionId,
        status: 'PENDING',
        binding,
        display,
        returnTo,
        scopes: scopesToAsk(before, connector, setupId, connectionId),
        stateHash: hashSecret(secrets.state),
        browserHash: browserSecret === null ? null : hashSecret(browserSecret),
        createdAt: now,
        expiresAt: later(now, AUTHORIZATION_LIFETIME_MS),
      },
    })
    await tx.authorizationSecret.create({ data: { authorizationId: id, sealed } })
    const detail = connectionId === null ? null : 'REPAIR'
    await tx.activity.create({ data: { userId, at: now, kind: 'AUTHORIZATION_STARTED', connectorSlug, detail } })
    await takeEffect(tx, 'authorizeConnector', globalId('Authorization', id))
  })
  if (browserSecret !== null) {
    const maxAgeSeconds = AUTHORIZATION_LIFETIME_MS / 1000
    bindToBrowser(browser, deps.settings.publicUrl, { id, secret: shownOnce(browserSecret), maxAgeSeconds })
  }
  deps.telemetry.authorizationStarted(id, connectorSlug)
  const view = await deps.readView(viewer, id)
  return foundIn(view, view.authorization(id), 'authorization')
}

function checkedConnector(view: UserView, { connectorSlug, setupId, connectionId }: AuthorizeConnector): Connector {
  const connector = view.catalogue.connectors.get(connectorSlug)
  if (!connector) throw new NotFoundError('connector')
  if (setupId !== null) {
    const setup = view.setup(setupId)
    if (!setup) throw new NotFoundError('setup')
    assertRequired(view.plugin(setup.pluginSlug), connector)
  }
  if (connectionId !== null && view.connection(connectionId)?.connectorSlug !== connectorSlug)
    throw new NotFoundError('connection')
  if (!connector.available) throw new ConnectorUnavailableError(connector.name)
  return connector
}

async function keptVariables(
  { db }: Pick<Deps, 'db'>,
  { provider }: Connector,
  { connectionId }: AuthorizeConnector,
): Promise<VariableValues> {
  if (connectionId === null || provider.variables.length === 0) return {}
  const connection = await db.connection.findUnique({ where: { id: connectionId }, select: { metadata: true } })
  return valuesOf(provider, (connection?.metadata ?? {}) as VariableValues)
}

function checkedReturnTo(request: AuthorizeConnector, settings: Deps['settings']): string | null {
  if (request.returnTo !== null) return allowedReturnTo(request.returnTo, settings, request.binding)
  if (returnsToHost(request)) throw new InvalidReturnToError('missing')
  return null
}
