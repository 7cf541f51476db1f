import { builder } from '../builder.js'
import { ActivityKind } from '../enums.js'

/** Read page by page when asked for: the one list that is not part of the viewer's state. */
export const ActivityRef = builder.prismaObject('Activity', {
  description: 'Something that happened to your connections and setups. Never carries secrets.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    kind: t.expose('kind', { type: ActivityKind, description: 'What.' }),
    pluginSlug: t.exposeString('pluginSlug', { nullable: true, description: 'The plugin it concerns, if one.' }),
    connectorSlug: t.exposeString('connectorSlug', {
      nullable: true,
      description: 'The connector it concerns, if one.',
    }),
    accountLabel: t.exposeString('accountLabel', {
      nullable: true,
      description: 'The account it concerns, as it was called then.',
    }),
    detail: t.exposeString('detail', {
      nullable: true,
      description: 'An attempt’s failure code or a connection’s problem code, if one.',
    }),
    apiKeyName: t.exposeString('apiKeyName', {
      nullable: true,
      description: 'The API key that a token was issued to, as it was called then.',
    }),
    skillSlug: t.exposeString('skillSlug', {
      nullable: true,
      description: 'The skill that a token was issued for, if it was named.',
    }),
  }),
})
