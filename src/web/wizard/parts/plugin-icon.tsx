import type { CSSProperties } from 'react'
import { Letter } from './letter.js'
import { Picture } from './picture.js'
import { PLUGIN_PICTURES } from './plugin-pictures.js'

interface PluginIconProps {
  plugin: { slug: string; name: string; iconUrl?: string | null }
  size?: 'large'
}

/** The picture of a plugin: the operator's, our drawing, or its first letter. */
export function PluginIcon({ plugin, size }: PluginIconProps) {
  return (
    <span className={size ? `icon icon--${size}` : 'icon'} aria-hidden="true">
      <Picture kind="plugins" item={plugin} fallback={<OwnPicture plugin={plugin} />} />
    </span>
  )
}

function OwnPicture({ plugin: { slug, name } }: Pick<PluginIconProps, 'plugin'>) {
  const own = Object.hasOwn(PLUGIN_PICTURES, slug) ? PLUGIN_PICTURES[slug] : undefined
  if (!own) return <Letter slug={slug} name={name} />
  return (
    <span className="icon__tile" style={{ '--from': own.from, '--to': own.to } as CSSProperties}>
      <svg className="icon__lines" viewBox="0 0 24 24" role="presentation">
        <path d={own.path} />
      </svg>
    </span>
  )
}
