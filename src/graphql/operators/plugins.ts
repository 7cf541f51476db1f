import { InvalidInputError, NotFoundError } from '../../domain/errors.js'
import { builder } from '../builder.js'
import { readView } from '../context.js'
import { PLUGIN, PLUGIN_ID, readNamed } from '../ids.js'
import { PluginRef, snapshotOf } from '../refs.js'

const PublishPluginInput = builder.inputType('PublishPluginInput', {
  description: 'The plugin to publish.',
  fields: (t) => ({
    manifest: t.field({
      type: 'JSON',
      required: true,
      description: 'The plugin’s manifest: see schema/plugin-manifest.schema.json.',
    }),
  }),
})

const RetirePluginInput = builder.inputType('RetirePluginInput', {
  description: 'The plugin to retire.',
  fields: (t) => ({
    plugin: t.string({ description: PLUGIN }),
    pluginId: t.id({ description: PLUGIN_ID }),
  }),
})

builder.mutationFields((t) => ({
  publishPlugin: t.field({
    skipTypeScopes: true,
    authScopes: { operator: true, key: 'plugins:write' },
    type: PluginRef,
    description:
      'Publishes a plugin or a new version of one. Existing setups show what’s new, and skill copies keep their text. For operators and API keys with the scope plugins:write.',
    errors: { types: [InvalidInputError] },
    args: { input: t.arg({ type: PublishPluginInput, required: true, description: 'The plugin to publish.' }) },
    resolve: async (_root, { input }, context) => {
      const slug = await context.services.publishPlugin(input.manifest)
      const view = await readView(context.services, context.caller)
      return snapshotOf(view, view.plugin(slug))
    },
  }),
  retirePlugin: t.field({
    skipTypeScopes: true,
    authScopes: { operator: true, key: 'plugins:write' },
    type: PluginRef,
    description:
      'Takes a plugin out of the list of plugins, so that no one else can start it. Setups and skill copies stay. For operators and API keys with the scope plugins:write.',
    errors: { types: [NotFoundError, InvalidInputError] },
    args: { input: t.arg({ type: RetirePluginInput, required: true, description: 'The plugin to retire.' }) },
    resolve: async (_root, { input }, context) => {
      const slug = readNamed('Plugin', { either: input.plugin, id: input.pluginId })
      await context.services.retirePlugin(slug)
      const view = await readView(context.services, context.caller)
      return snapshotOf(view, view.plugin(slug))
    },
  }),
}))
