import { type ReactNode, useState } from 'react'
import { iconPath } from '../../../http/icons/paths.js'

interface PictureProps {
  kind: Parameters<typeof iconPath>[0]
  item: { slug: string; iconUrl?: string | null }
  /** What to show if there is no picture, or if it can't be loaded. */
  fallback: ReactNode
}

/** The picture that an operator published, as Patchbay serves it. The wizard loads none from elsewhere. */
export function Picture({ kind, item: { slug, iconUrl }, fallback }: PictureProps) {
  const [failed, setFailed] = useState<string | null>(null)
  if (!iconUrl || failed === iconUrl) return fallback
  return <img src={iconPath(kind, slug)} alt="" onError={() => setFailed(iconUrl)} />
}
