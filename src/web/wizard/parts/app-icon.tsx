import type { CSSProperties } from 'react'
import { appIcons } from './app-icons.js'
import { Letter } from './letter.js'
import { Picture } from './picture.js'

interface AppIconProps {
  app: { slug: string; name: string; provider?: string; iconUrl?: string | null }
  size?: 'small' | 'large'
}

/**
 * The picture of an app: the operator's, one that we ship, or its first letter. The sandbox's apps look as on their own
 * pages, in white on a tile of their color.
 */
export function AppIcon({ app, size }: AppIconProps) {
  return (
    <span className={size ? `icon icon--${size}` : 'icon'} aria-hidden="true">
      <Picture kind="connectors" item={app} fallback={<OwnIcon app={app} />} />
    </span>
  )
}

function OwnIcon({ app }: Pick<AppIconProps, 'app'>) {
  const own = appIcons[app.slug] ?? appIcons[app.provider ?? '']
  if (!own) return <Letter slug={app.slug} name={app.name} />
  return (
    <span
      className={own.isTile ? 'icon__tile' : 'icon__tile icon__tile--white'}
      style={own.isTile ? ({ '--from': own.color, '--to': own.color } as CSSProperties) : undefined}
    >
      <svg viewBox="0 0 24 24" role="presentation" fill={own.isTile ? '#fff' : own.color}>
        <path d={own.path} />
      </svg>
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
