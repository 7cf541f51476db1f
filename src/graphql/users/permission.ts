import type { Permission as PermissionFacts } from '../../domain/catalogue/permissions.js'
import { builder } from '../builder.js'

export const Permission = builder.objectRef<PermissionFacts>('Permission').implement({
  description: 'One thing that an app is asked to allow.',
  fields: (t) => ({
    scope: t.exposeString('scope', { description: 'The app’s own name of it.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it allows, in words for you; null when nobody has said. Show the scope then.',
    }),
  }),
})
