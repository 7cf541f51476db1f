import type { Permission as PermissionFacts } from '../../domain/catalogue/permissions.js'
import { builder } from '../builder.js'

export const Permission = builder.objectRef<PermissionFacts>('Permission').implement({
  description: 'One permission requested from an app.',
  fields: (t) => ({
    scope: t.exposeString('scope', { description: 'Its name at the app.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it allows, in plain words. If null, show the scope instead.',
    }),
  }),
})
