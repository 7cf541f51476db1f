import { builder } from '../builder.js'
import { ConnectorRef, PluginRef, SkillCopyRef, snapshotOf, snapshotsOf } from '../refs.js'

builder.node(SkillCopyRef, {
  id: { resolve: ({ item }) => item.id },
  description: 'A skill in your own collection, with the text as it was when you copied it.',
  fields: (t) => ({
    name: t.string({ description: 'For people.', resolve: ({ item }) => item.name }),
    summary: t.string({
      description: 'What it does, in a sentence, as the plugin says it now, or said it last.',
      resolve: ({ item, view }) => view.skill(item).summary,
    }),
    plugin: t.field({
      type: PluginRef,
      description: 'The plugin it was copied from, in its present version.',
      resolve: ({ item, view }) => snapshotOf(view, view.plugin(item.pluginSlug)),
    }),
    instructions: t.string({
      description: 'What the skill does and how: Markdown, as it was when copied.',
      resolve: ({ item }, _args, context) => context.instructions.load(item.id),
    }),
    pluginVersion: t.string({
      description: 'The plugin’s version it was copied from.',
      resolve: ({ item }) => item.pluginVersion,
    }),
    copiedAt: t.field({ type: 'DateTime', description: 'When it was copied.', resolve: ({ item }) => item.copiedAt }),
    ready: t.boolean({
      description: 'Whether it can run now: every connector it uses is live with the scopes it needs.',
      resolve: ({ item, view }) => view.waitingFor(item).length === 0,
    }),
    waitingFor: t.field({
      type: [ConnectorRef],
      description: 'The connectors without which it cannot run now.',
      resolve: ({ item, view }) => snapshotsOf(view, view.waitingFor(item)),
    }),
  }),
})

export const SkillCopyConnection = builder.connectionObject(
  { type: SkillCopyRef, name: 'SkillCopyConnection', description: 'A page of Mine.' },
  { name: 'SkillCopyEdge', description: 'A skill copy in a page.' },
)
