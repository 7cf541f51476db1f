import type { userIdOf } from '../domain/user/viewer.js'
import { builder } from './builder.js'
import type { Context } from './context.js'

/** Whom a program that calls with an API key means. */
export const UserIdentityInput = builder.inputType('UserIdentityInput', {
  description: 'A user, as the claims of the host’s own tokens name them.',
  fields: (t) => ({
    subject: t.string({ required: true, description: 'The subject: `sub`, unless configured otherwise.' }),
    organization: t.string({ required: true, description: 'The organization: `org`, unless configured otherwise.' }),
    issuer: t.string({ description: 'The issuer: `iss`. The configured host’s unless told.' }),
  }),
})

export function userIdentity(
  { subject, organization, issuer }: typeof UserIdentityInput.$inferInput,
  { hostIssuer }: Context,
): Parameters<typeof userIdOf>[0] {
  return { subject, organization, issuer: issuer ?? hostIssuer }
}
