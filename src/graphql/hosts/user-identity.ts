import type { GivenIdentity } from '../../domain/identity/user-identity.js'
import { builder } from '../builder.js'

const SUBJECT = 'Who it is, as your tokens say it: the claim `sub`, unless an operator has configured another one.'
const ORGANIZATION = 'Whom they belong to, as your tokens say it: the claim `org`, unless configured otherwise.'
const ISSUER = 'The `iss` of your tokens; the configured one (PATCHBAY_JWT_ISSUER) unless told.'

/** How back ends name a user: the parts of a token that make the user's id. */
export const UserIdentityInput = builder.inputType('UserIdentityInput', {
  description: 'One of your users, named as your tokens name them.',
  fields: (t) => ({
    subject: t.string({ required: true, description: SUBJECT }),
    organization: t.string({ required: true, description: ORGANIZATION }),
    issuer: t.string({ description: ISSUER }),
  }),
})

export const SessionUserInput = builder.inputType('SessionUserInput', {
  description: 'One of your users, named as your tokens name them, and what they are called on screens.',
  fields: (t) => ({
    subject: t.string({ required: true, description: SUBJECT }),
    organization: t.string({ required: true, description: ORGANIZATION }),
    issuer: t.string({ description: ISSUER }),
    name: t.string({ description: 'What `viewer.name` says in the session.' }),
    organizationName: t.string({ description: 'What `viewer.organization.name` says in the session.' }),
  }),
})

export function readIdentity(user: typeof UserIdentityInput.$inferInput): GivenIdentity {
  return { subject: user.subject, organization: user.organization, issuer: user.issuer ?? null }
}
