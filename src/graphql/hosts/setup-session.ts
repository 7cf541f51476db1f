import {
  type CreatedSetupSession,
  DEFAULT_MINUTES,
  MAX_MINUTES,
  MAX_SESSIONS,
} from '../../domain/access/setup-session/create-setup-session.js'
import { InvalidInputError, NotFoundError, PluginRetiredError } from '../../domain/errors.js'
import { builder } from '../builder.js'
import { readId } from '../ids.js'
import { PluginSetupRef } from '../refs.js'
import { readIdentity, SessionUserInput } from './user-identity.js'

const SetupSession = builder.objectRef<CreatedSetupSession>('SetupSession').implement({
  description:
    'A short token for a front end that has no token of the host’s: it sees and finishes one setup of one user, and nothing else. Removing the setup, revoking the API key and deleting the user end it.',
  fields: (t) => ({
    token: t.exposeString('token', {
      description:
        'Goes to the page, which sends it as `Authorization: Bearer pbs_…`, over WebSocket in `connection_init`. Shown once. Keep it out of addresses: those are logged and passed on.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends, and everything opened with it.' }),
    setup: t.expose('setup', { type: PluginSetupRef, description: 'The setup it is for, as the session sees it.' }),
  }),
})

const CreateSetupSessionInput = builder.inputType('CreateSetupSessionInput', {
  description: 'Who shall set up what, and for how long the page may.',
  fields: (t) => ({
    user: t.field({ type: SessionUserInput, required: true, description: 'For whom.' }),
    pluginId: t.id({ required: true, description: 'Id of the Plugin. Its setup is started if it is not there.' }),
    minutes: t.int({ defaultValue: DEFAULT_MINUTES, description: `How long it lasts: 1 to ${MAX_MINUTES}.` }),
  }),
})

builder.mutationField('createSetupSession', (t) =>
  t.field({
    skipTypeScopes: true,
    authScopes: { key: 'sessions:create' },
    type: SetupSession,
    description: `API keys with the scope sessions:create: a token with which a page without your own tokens sets up one plugin for one user. A user has at most ${MAX_SESSIONS} at a time; one more ends the oldest.`,
    errors: { types: [InvalidInputError, NotFoundError, PluginRetiredError] },
    args: { input: t.arg({ type: CreateSetupSessionInput, required: true, description: 'What to allow.' }) },
    resolve: (_root, { input }, { key, services }) =>
      services.createSetupSession(key, {
        user: {
          ...readIdentity(input.user),
          name: input.user.name ?? null,
          organizationName: input.user.organizationName ?? null,
        },
        pluginSlug: readId('Plugin', input.pluginId),
        minutes: input.minutes ?? DEFAULT_MINUTES,
      }),
  }),
)
