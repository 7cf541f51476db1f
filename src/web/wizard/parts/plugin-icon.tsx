import type { CSSProperties } from 'react'
import { isOurs, Letter } from './letter.js'
import { PLUGIN_PICTURES } from './plugin-pictures.js'

interface PluginIconProps {
  plugin: { slug: string; name: string; iconUrl?: string | null }
  size?: 'large'
}

/** The picture of a plugin: our drawing, one from this origin, or its first letter. */
export function PluginIcon({ plugin: { slug, name, iconUrl }, size }: PluginIconProps) {
  const own = Object.hasOwn(PLUGIN_PICTURES, slug) ? PLUGIN_PICTURES[slug] : undefined
  return (
    <span className={size ? `icon icon--${size}` : 'icon'} aria-hidden="true">
      {isOurs(iconUrl) ? (
        <img src={iconUrl} alt="" />
      ) : own ? (
        <span className="icon__tile" style={{ '--from': own.from, '--to': own.to } as CSSProperties}>
          <svg className="icon__lines" viewBox="0 0 24 24" role="presentation">
            <path d={own.path} />
          </svg>
        </span>
      ) : (
        <Letter slug={slug} name={name} />
      )}
    </span>
  )
}
