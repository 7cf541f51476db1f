import { InvalidInputError, NotFoundError } from '../../domain/errors.js'
import { builder } from '../builder.js'
import { readView } from '../context.js'
import { readId } from '../ids.js'
import { PluginRef, snapshotOf } from '../refs.js'

const PublishPluginInput = builder.inputType('PublishPluginInput', {
  description: 'What to publish.',
  fields: (t) => ({
    manifest: t.field({
      type: 'JSON',
      required: true,
      description: 'The plugin’s manifest: see plugin-manifest.schema.json.',
    }),
  }),
})

const RetirePluginInput = builder.inputType('RetirePluginInput', {
  description: 'What to retire.',
  fields: (t) => ({ pluginId: t.id({ required: true, description: 'Id of the Plugin.' }) }),
})

builder.mutationFields((t) => ({
  publishPlugin: t.field({
    skipTypeScopes: true,
    authScopes: { operator: true, key: 'plugins:write' },
    type: PluginRef,
    description:
      'Operators, and API keys with the scope plugins:write: publishes a plugin or a new version of one. Running setups show what is new; skill copies keep their text.',
    errors: { types: [InvalidInputError] },
    args: { input: t.arg({ type: PublishPluginInput, required: true, description: 'What to publish.' }) },
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
      'Operators, and API keys with the scope plugins:write: hides a plugin from those who have not started it. Setups and skill copies stay.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: RetirePluginInput, required: true, description: 'What to retire.' }) },
    resolve: async (_root, { input }, context) => {
      const slug = readId('Plugin', input.pluginId)
      await context.services.retirePlugin(slug)
      const view = await readView(context.services, context.caller)
      return snapshotOf(view, view.plugin(slug))
    },
  }),
}))
