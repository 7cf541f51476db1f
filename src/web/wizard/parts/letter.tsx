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
