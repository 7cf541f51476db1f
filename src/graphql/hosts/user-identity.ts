import type { GivenIdentity } from '../../domain/identity/user-identity.js'
import { builder } from '../builder.js'

const SUBJECT = 'The user’s id in your tokens: the `sub` claim, unless an operator has configured another one.'
const ORGANIZATION =
  'The user’s organization in your tokens: the `org` claim, unless an operator has configured another one.'
const ISSUER = 'The `iss` claim of your tokens. The default is the first of PATCHBAY_JWT_ISSUER.'

/** How back ends name a user: by the parts of a token that determine the user's id. */
export const UserIdentityInput = builder.inputType('UserIdentityInput', {
  description: 'One of your users, identified as in your tokens.',
  fields: (t) => ({
    subject: t.string({ required: true, description: SUBJECT }),
    organization: t.string({ required: true, description: ORGANIZATION }),
    issuer: t.string({ description: ISSUER }),
  }),
})

export const SessionUserInput = builder.inputType('SessionUserInput', {
  description: 'One of your users, identified as in your tokens, with display names.',
  fields: (t) => ({
    subject: t.string({ required: true, description: SUBJECT }),
    organization: t.string({ required: true, description: ORGANIZATION }),
    issuer: t.string({ description: ISSUER }),
    name: t.string({ description: 'Shown as `viewer.name` in the session.' }),
    organizationName: t.string({ description: 'Shown as `viewer.organization.name` in the session.' }),
  }),
})

export function readIdentity(user: typeof UserIdentityInput.$inferInput): GivenIdentity {
  return { subject: user.subject, organization: user.organization, issuer: user.issuer ?? null }
}
