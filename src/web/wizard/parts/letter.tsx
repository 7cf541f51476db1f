import type { CSSProperties } from 'react'

/** The first letter of a name, in a color that is always the same for the same slug. */
export function Letter({ slug, name }: { slug: string; name: string }) {
  return (
    <span className="icon__letter" style={{ '--hue': hueOf(slug) } as CSSProperties}>
      {name.slice(0, 1).toUpperCase()}
    </span>
  )
}

/** Returns a hue in degrees. */
function hueOf(slug: string): number {
  return [...slug].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7)
}

/** Returns whether a picture is on this origin. The wizard never loads one from elsewhere. */
export function isOurs(url: string | null | undefined): url is string {
  return url != null && URL.canParse(url, location.href) && new URL(url, location.href).origin === location.origin
}
