import { texts } from '../texts.js'

export interface PermissionWords {
  scope: string
  description?: string | null
}

/** The permissions that an app is asked for, with their descriptions where they exist. */
export function Permissions({
  permissions,
  missing = [],
}: {
  permissions: readonly PermissionWords[]
  missing?: readonly string[]
}) {
  return (
    <ul className="permissions">
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
