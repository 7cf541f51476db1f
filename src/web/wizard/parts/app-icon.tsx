import type { CSSProperties } from 'react'
import { appIcons } from './app-icons.js'

interface AppIconProps {
  app: { slug: string; name: string; provider?: string; iconUrl?: string | null }
  size?: 'small' | 'large'
}

/**
 * The picture of an app or a plugin: one that we ship, one from this origin, or its first letter. It never loads from
 * elsewhere.
 */
export function AppIcon({ app, size }: AppIconProps) {
  const own = appIcons[app.slug] ?? appIcons[app.provider ?? '']
  return (
    <span className={size ? `icon icon--${size}` : 'icon'} aria-hidden="true">
      {own ? (
        <svg viewBox="0 0 24 24" role="presentation" fill={own.color}>
          <path d={own.path} />
        </svg>
      ) : isOurs(app.iconUrl) ? (
        <img src={app.iconUrl} alt="" />
      ) : (
        <span className="icon__letter" style={{ '--hue': hueOf(app.slug) } as CSSProperties}>
          {app.name.slice(0, 1).toUpperCase()}
        </span>
      )}
    </span>
  )
}

function isOurs(url: string | null | undefined): url is string {
  return url != null && URL.canParse(url, location.href) && new URL(url, location.href).origin === location.origin
}

/** Returns a hue in degrees, always the same for the same slug. */
function hueOf(slug: string): number {
  return [...slug].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7)
}
