import { GraphQLError } from 'graphql'
import { searchPlugins } from '../../domain/catalogue/catalogue.js'
import { permissionsOf } from '../../domain/catalogue/permissions.js'
import { globalId } from '../../domain/global-id.js'
import { builder } from '../builder.js'
import { NODE_ID } from '../ids.js'
import { PAGE_ARGS } from '../page-args.js'
import { pageOf } from '../pages.js'
import {
  ConnectorRef,
  PluginRef,
  PluginSetupRef,
  RequirementRef,
  SkillRef,
  snapshotOf,
  snapshotOrNull,
  snapshotsOf,
} from '../refs.js'
import { Permission } from './permission.js'

const MAX_SEARCH = 200

PluginRef.implement({
  interfaces: [builder.nodeInterfaceRef()],
  description: 'A bundle of skills and the connectors they need. Operators publish plugins.',
  fields: (t) => ({
    id: t.id({ description: NODE_ID, resolve: ({ item }) => globalId('Plugin', item.slug) }),
    slug: t.string({ description: 'Identifies the plugin in URLs.', resolve: ({ item }) => item.slug }),
    name: t.string({ description: 'A display name.', resolve: ({ item }) => item.name }),
    summary: t.string({ description: 'What it’s good for, in one sentence.', resolve: ({ item }) => item.summary }),
    version: t.string({ description: 'The latest published version.', resolve: ({ item }) => item.version }),
    publisher: t.string({
      nullable: true,
      description: 'Who publishes it; null if its manifest doesn’t say.',
      resolve: ({ item }) => item.publisher,
    }),
    iconUrl: t.field({
      type: 'URL',
      nullable: true,
      description:
        'URL of an icon as it was published, if there is one. Patchbay serves the picture itself, at `/icons/plugins/<slug>`.',
      resolve: ({ item }) => item.iconUrl,
    }),
    skills: t.field({
      type: [SkillRef],
      description: 'What the plugin can do.',
      resolve: ({ item, view }) => snapshotsOf(view, item.skills),
    }),
    requirements: t.field({
      type: [RequirementRef],
      description: 'The connectors it needs, in wizard order.',
      resolve: ({ item, view }) => snapshotsOf(view, item.requirements),
    }),
    setup: t.field({
      type: PluginSetupRef,
      nullable: true,
      description: 'Your setup of this plugin; null until you start it.',
      resolve: ({ item, view }) => snapshotOrNull(view, view.setupOf(item)),
    }),
  }),
})

SkillRef.implement({
  interfaces: [builder.nodeInterfaceRef()],
  description: 'One thing a plugin can do in the connected apps.',
  fields: (t) => ({
    id: t.id({ description: NODE_ID, resolve: ({ item }) => globalId('Skill', `${item.pluginSlug}/${item.slug}`) }),
    slug: t.string({ description: 'Identifies the skill within its plugin.', resolve: ({ item }) => item.slug }),
    name: t.string({ description: 'A display name.', resolve: ({ item }) => item.name }),
    summary: t.string({ description: 'What it does, in one sentence.', resolve: ({ item }) => item.summary }),
    requirements: t.field({
      type: [RequirementRef],
      description: 'The requirements that this skill uses, each with the scopes that the skill itself needs.',
      resolve: ({ item, view }) => snapshotsOf(view, item.requirements),
    }),
  }),
})

RequirementRef.implement({
  description: 'A plugin’s need for one connector.',
  fields: (t) => ({
    id: t.id({
      description:
        'For caches. A skill’s requirement has a different id than its plugin’s, because its scopes differ. `node` doesn’t find it.',
      resolve: ({ item }) => globalId('Requirement', item.key),
    }),
    position: t.int({
      description: 'Its position in the wizard, starting at 1.',
      resolve: ({ item }) => item.position,
    }),
    connector: t.field({
      type: ConnectorRef,
      description: 'The app.',
      resolve: ({ item, view }) => snapshotOf(view, item.connector),
    }),
    scopes: t.stringList({
      description: 'The scopes requested from the app.',
      resolve: ({ item }) => [...item.scopes],
    }),
    permissions: t.field({
      type: [Permission],
      description: 'The same scopes in plain words, in the same order.',
      resolve: ({ item }) => permissionsOf(item.connector, item.scopes),
    }),
    reason: t.string({ description: 'Why it’s needed, in words for the user.', resolve: ({ item }) => item.reason }),
    optional: t.boolean({
      description: 'Whether the setup can be ready without it.',
      resolve: ({ item }) => item.optional,
    }),
  }),
})

const PluginConnection = builder.connectionObject(
  { type: PluginRef, name: 'PluginConnection', description: 'A page of plugins.' },
  { name: 'PluginEdge', description: 'One plugin in a page.' },
)

builder.queryFields((t) => ({
  plugin: t.field({
    type: PluginRef,
    nullable: true,
    description: 'The plugin with this slug, even if it was retired.',
    args: { slug: t.arg.string({ required: true, description: 'For example `meeting-assistant`.' }) },
    resolve: async (_root, { slug }, context) => {
      const view = await context.view()
      return snapshotOrNull(view, view.catalogue.plugins.get(slug))
    },
  }),
  plugins: t.field({
    type: PluginConnection,
    description: 'The plugins you can set up, by name.',
    args: {
      search: t.arg.string({
        description: `Words from the name, the summary or the apps. All of them must match. At most ${MAX_SEARCH} characters.`,
      }),
      ...PAGE_ARGS,
    },
    resolve: async (_root, { search, ...page }, context) => {
      if ((search?.length ?? 0) > MAX_SEARCH) {
        throw new GraphQLError(`search may have at most ${MAX_SEARCH} characters. Pass fewer words.`, {
          extensions: { code: 'BAD_USER_INPUT' },
        })
      }
      const view = await context.view()
      return pageOf(snapshotsOf(view, searchPlugins(view.catalogue, search)), page, ({ item }) => item.slug)
    },
  }),
}))
