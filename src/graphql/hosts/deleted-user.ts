import type { DeletedUser } from '../../domain/erasure/delete-user.js'
import { InvalidInputError } from '../../domain/errors.js'
import { builder } from '../builder.js'
import { readIdentity, UserIdentityInput } from './user-identity.js'

const DeletedUserType = builder.objectRef<DeletedUser>('DeletedUser').implement({
  description: 'A user whose data was erased.',
  fields: (t) => ({
    subject: t.exposeString('subject', { description: 'The subject you passed.' }),
    organization: t.exposeString('organization', { description: 'The organization you passed.' }),
    erasedAt: t.expose('erasedAt', {
      type: 'DateTime',
      description: 'The user’s tokens issued before this time, or in the same second, are no longer accepted.',
    }),
    connections: t.exposeInt('connections', {
      description: 'How many connections were removed. Their tokens are revoked at the apps next.',
    }),
  }),
})

const DeleteUserInput = builder.inputType('DeleteUserInput', {
  description: 'The user to erase.',
  fields: (t) => ({ user: t.field({ type: UserIdentityInput, required: true, description: 'The user.' }) }),
})

builder.mutationField('deleteUser', (t) =>
  t.field({
    skipTypeScopes: true,
    authScopes: { key: 'users:delete' },
    type: DeletedUserType,
    description:
      'Removes all connections of a user, erases their data and stops accepting their tokens. Calling it again, or for an unknown user, is safe. A token issued later lets the user start fresh. For API keys with the scope users:delete.',
    errors: { types: [InvalidInputError] },
    args: { input: t.arg({ type: DeleteUserInput, required: true, description: 'Whom.' }) },
    resolve: (_root, { input }, { services }) => services.deleteUser(readIdentity(input.user)),
  }),
)
