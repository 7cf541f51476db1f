import {
  type CreatedSetupSession,
  DEFAULT_MINUTES,
  MAX_MINUTES,
  MAX_SESSIONS,
} from '../../domain/access/setup-session/create-setup-session.js'
import { InvalidInputError, NotFoundError, PluginRetiredError } from '../../domain/errors.js'
import { shownOnce } from '../../domain/idempotency/keyed-operation.js'
import { builder } from '../builder.js'
import { PLUGIN, PLUGIN_ID, readNamed } from '../ids.js'
import { PluginSetupRef } from '../refs.js'
import { readIdentity, SessionUserInput } from './user-identity.js'

const SetupSession = builder.objectRef<CreatedSetupSession>('SetupSession').implement({
  description:
    'A short-lived token for a front end that doesn’t have a token of your application. It can see and finish one setup of one user, and nothing else. It ends when the setup is removed, the API key is revoked or the user is deleted.',
  fields: (t) => ({
    token: t.string({
      description:
        'For the page, which sends it as `Authorization: Bearer pbs_…`, or in `connection_init` over WebSocket. Shown only once. Don’t put it in URLs, because URLs are logged and shared.',
      resolve: ({ token }) => shownOnce(token),
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it expires, along with every subscription opened with it.',
    }),
    setup: t.expose('setup', { type: PluginSetupRef, description: 'The setup it is for, as the session sees it.' }),
  }),
})

const CreateSetupSessionInput = builder.inputType('CreateSetupSessionInput', {
  description: 'Who sets up which plugin, and for how long.',
  fields: (t) => ({
    user: t.field({ type: SessionUserInput, required: true, description: 'The user it’s for.' }),
    plugin: t.string({ description: `${PLUGIN} Its setup is started if it doesn’t exist yet.` }),
    pluginId: t.id({ description: PLUGIN_ID }),
    minutes: t.int({ defaultValue: DEFAULT_MINUTES, description: `Lifetime in minutes, from 1 to ${MAX_MINUTES}.` }),
  }),
})

builder.mutationField('createSetupSession', (t) =>
  t.field({
    skipTypeScopes: true,
    authScopes: { key: 'sessions:create' },
    type: SetupSession,
    description: `Creates a token that lets a page without your own tokens set up one plugin for one user. A user has at most ${MAX_SESSIONS} at a time; creating another ends the oldest. For API keys with the scope sessions:create.`,
    errors: { types: [InvalidInputError, NotFoundError, PluginRetiredError] },
    args: { input: t.arg({ type: CreateSetupSessionInput, required: true, description: 'What the session allows.' }) },
    resolve: (_root, { input }, { key, services }) =>
      services.createSetupSession(key, {
        user: {
          ...readIdentity(input.user),
          name: input.user.name ?? null,
          organizationName: input.user.organizationName ?? null,
        },
        pluginSlug: readNamed('Plugin', { either: input.plugin, id: input.pluginId }),
        minutes: input.minutes ?? DEFAULT_MINUTES,
      }),
  }),
)
