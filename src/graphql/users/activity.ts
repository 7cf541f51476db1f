import { builder } from '../builder.js'
import { ActivityKind } from '../enums.js'

/** Read page by page when requested. It is the only list that isn't part of the viewer's state. */
export const ActivityRef = builder.prismaObject('Activity', {
  description: 'Something that happened to your connections or setups. Never contains secrets.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    kind: t.expose('kind', { type: ActivityKind, description: 'What.' }),
    pluginSlug: t.exposeString('pluginSlug', { nullable: true, description: 'The plugin, if there is one.' }),
    connectorSlug: t.exposeString('connectorSlug', {
      nullable: true,
      description: 'The connector, if there is one.',
    }),
    accountLabel: t.exposeString('accountLabel', {
      nullable: true,
      description: 'The account’s label at the time.',
    }),
    detail: t.exposeString('detail', {
      nullable: true,
      description:
        'The failure code of an authorization or the problem code of a connection, if any. For REAUTHORIZED, PERMISSIONS_ADDED if a live connection has more permissions than before. For AUTHORIZATION_STARTED, REPAIR if it was started with a connectionId.',
    }),
    apiKeyName: t.exposeString('apiKeyName', {
      nullable: true,
      description: 'The name that the API key had when it got the token.',
    }),
    skillSlug: t.exposeString('skillSlug', {
      nullable: true,
      description: 'The skill that the token was issued for, if it was given.',
    }),
  }),
})
