import { globalId } from '../../domain/global-id.js'
import { builder } from '../builder.js'
import { NODE_ID } from '../ids.js'
import { ConnectorRef, PluginRef, SkillCopyRef, snapshotOf, snapshotsOf } from '../refs.js'

SkillCopyRef.implement({
  interfaces: [builder.nodeInterfaceRef()],
  description: 'A skill in your own collection. Its text stays as it was when you copied it.',
  fields: (t) => ({
    id: t.id({ description: NODE_ID, resolve: ({ item }) => globalId('SkillCopy', item.id) }),
    name: t.string({ description: 'A display name.', resolve: ({ item }) => item.name }),
    summary: t.string({
      description: 'What it does, in one sentence, from the latest version of the plugin that has the skill.',
      resolve: ({ item, view }) => view.skill(item).summary,
    }),
    plugin: t.field({
      type: PluginRef,
      description: 'The plugin it was copied from, in its current version.',
      resolve: ({ item, view }) => snapshotOf(view, view.plugin(item.pluginSlug)),
    }),
    instructions: t.string({
      description: 'The skill’s instructions in Markdown, as they were when copied.',
      resolve: ({ item }, _args, context) => context.instructions.load(item.id),
    }),
    pluginVersion: t.string({
      description: 'The version of the plugin that it was copied from.',
      resolve: ({ item }) => item.pluginVersion,
    }),
    copiedAt: t.field({ type: 'DateTime', description: 'When it was copied.', resolve: ({ item }) => item.copiedAt }),
    ready: t.boolean({
      description: 'Whether it can run now, because every connector it uses is live with the scopes it needs.',
      resolve: ({ item, view }) => view.waitingFor(item).length === 0,
    }),
    waitingFor: t.field({
      type: [ConnectorRef],
      description: 'The connectors it’s waiting for.',
      resolve: ({ item, view }) => snapshotsOf(view, view.waitingFor(item)),
    }),
  }),
})

export const SkillCopyConnection = builder.connectionObject(
  { type: SkillCopyRef, name: 'SkillCopyConnection', description: 'A page of your skills.' },
  { name: 'SkillCopyEdge', description: 'One skill in a page.' },
)
