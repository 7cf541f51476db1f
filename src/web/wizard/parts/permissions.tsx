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
}

/** The permissions of an app, with their descriptions where they exist: bullets before consent, ticks and dashes after. */
export function Permissions({ permissions, areGranted = false, missing = [] }: PermissionsProps) {
  return (
    <ul className={areGranted ? 'permissions permissions--granted' : 'permissions'}>
      {permissions.map(({ scope, description }) => (
        <li key={scope} className={missing.includes(scope) ? 'is-missing' : undefined}>
          <span>
            {description ?? <code>{scope}</code>}
            {missing.includes(scope) && (
              <span className="pill pill--warn permissions__missing">{texts.setup.missing}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}
