import type { CSSProperties } from 'react'
import { appIcons } from './app-icons.js'
import { isOurs, Letter } from './letter.js'

interface AppIconProps {
  app: { slug: string; name: string; provider?: string; iconUrl?: string | null }
  size?: 'small' | 'large'
}

/**
 * The picture of an app: one that we ship, one from this origin, or its first letter. The sandbox's apps look as on their
 * own pages, in white on a tile of their color.
 */
export function AppIcon({ app, size }: AppIconProps) {
  const own = appIcons[app.slug] ?? appIcons[app.provider ?? '']
  return (
    <span className={size ? `icon icon--${size}` : 'icon'} aria-hidden="true">
      {own ? (
        <span
          className={own.isTile ? 'icon__tile' : 'icon__tile icon__tile--white'}
          style={own.isTile ? ({ '--from': own.color, '--to': own.color } as CSSProperties) : undefined}
        >
          <svg viewBox="0 0 24 24" role="presentation" fill={own.isTile ? '#fff' : own.color}>
            <path d={own.path} />
          </svg>
        </span>
      ) : isOurs(app.iconUrl) ? (
        <img src={app.iconUrl} alt="" />
      ) : (
        <Letter slug={app.slug} name={app.name} />
      )}
    </span>
  )
}

/** The pictures of several apps in a row. Their names are next to it. */
export function AppIcons({ apps }: { apps: readonly (AppIconProps['app'] & { id: string })[] }) {
  return (
    <span className="icon-row" aria-hidden="true">
      {apps.map((app) => (
        <AppIcon key={app.id} app={app} size="small" />
      ))}
    </span>
  )
}
