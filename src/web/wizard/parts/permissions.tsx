import { IDENTITY_SCOPES } from '../../../languages/identity-scopes.js'
import { texts } from '../texts.js'

export interface PermissionWords {
  scope: string
  description?: string | null
}

interface PermissionsProps {
  permissions: readonly PermissionWords[]
  /** Whether the person has given them, except for the missing ones. */
  areGranted?: boolean
  missing?: readonly string[]
  /** Whether no one has asked for the missing ones yet. */
  isAsking?: boolean
}

/** The server describes identity scopes in English, unless the provider or an operator does. */
function words(description: string | null | undefined): string | null | undefined {
  const own = Object.entries(IDENTITY_SCOPES).find(([, english]) => english === description)
  return own ? texts.identityScope[own[0] as keyof typeof IDENTITY_SCOPES] : description
}

/**
 * The permissions of an app, with their descriptions where they exist: bullets before consent or if it no longer holds, and
 * otherwise ticks and dashes.
 */
export function Permissions({ permissions, areGranted = false, missing = [], isAsking = false }: PermissionsProps) {
  const isMissing = (scope: string) => areGranted && missing.includes(scope)
  return (
    <ul className={areGranted ? 'permissions permissions--granted' : 'permissions'}>
      {permissions.map(({ scope, description }) => (
        <li key={scope} className={isMissing(scope) ? 'is-missing' : undefined}>
          <span className="permissions__words">
            <span>{words(description) ?? <code>{scope}</code>}</span>
            {isMissing(scope) && <span className={isAsking ? 'pill' : 'pill pill--warn'}>{texts.setup.missing}</span>}
          </span>
        </li>
      ))}
    </ul>
  )
}
