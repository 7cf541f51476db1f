import type { DeletedUser } from '../../domain/erasure/delete-user.js'
import { InvalidInputError } from '../../domain/errors.js'
import { builder } from '../builder.js'
import { readIdentity, UserIdentityInput } from './user-identity.js'

const DeletedUserType = builder.objectRef<DeletedUser>('DeletedUser').implement({
  description: 'A user of whom nothing is left.',
  fields: (t) => ({
    subject: t.exposeString('subject', { description: 'As you named them.' }),
    organization: t.exposeString('organization', { description: 'As you named it.' }),
    erasedAt: t.expose('erasedAt', {
      type: 'DateTime',
      description: 'Tokens of theirs that were issued before, or in the same second, are worth nothing any more.',
    }),
    connections: t.exposeInt('connections', {
      description: 'How many connections were ended; their tokens are revoked at the apps next.',
    }),
  }),
})

const DeleteUserInput = builder.inputType('DeleteUserInput', {
  description: 'Whom to erase.',
  fields: (t) => ({ user: t.field({ type: UserIdentityInput, required: true, description: 'The user.' }) }),
})

builder.mutationField('deleteUser', (t) =>
  t.field({
    skipTypeScopes: true,
    authScopes: { key: 'users:delete' },
    type: DeletedUserType,
    description:
      'API keys with the scope users:delete: ends all connections of a user, erases everything about them and refuses the tokens they have. Doing it again, or for a user nobody knows, does no harm. A token issued afterwards starts them anew.',
    errors: { types: [InvalidInputError] },
    args: { input: t.arg({ type: DeleteUserInput, required: true, description: 'Whom.' }) },
    resolve: (_root, { input }, { services }) => services.deleteUser(readIdentity(input.user)),
  }),
)
