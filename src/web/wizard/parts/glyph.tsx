/** Our own line icons, as SVG paths in a 24 by 24 view box. */
const PATHS = {
  check: 'm5 12.5 4.5 4.5L19 7.5',
  cross: 'm6.5 6.5 11 11m0-11-11 11',
  dash: 'M6 12h12',
  alert: 'M12 7v6m0 3.6v.1M12 3l9.5 17h-19z',
  clock: 'M12 7v5l3.5 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  plug: 'M9 3v5m6-5v5M6 8h12v3.5a6 6 0 0 1-12 0zm6 9.5V21',
  unplug: 'm4 20 3-3m1-7 6 6-1.5 1.5a4.2 4.2 0 0 1-6-6zm8 4 1.5-1.5a4.2 4.2 0 0 0-6-6L10 8m7-1 3-3M13 11l-2 2',
  refresh: 'M20 11a8 8 0 0 0-14.5-3.5L4 9m0-5v5h5M4 13a8 8 0 0 0 14.5 3.5L20 15m0 5v-5h-5',
  pulse: 'M3 12h4l2.5-6 5 12 2.5-6h4',
  plus: 'M12 5v14M5 12h14',
  info: 'M12 11v5.5m0-9v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z',
  flag: 'M6 21V4m0 1h11l-2 4 2 4H6',
  trash: 'M4 7h16M9.5 7V4h5v3M6 7l1 13h10l1-13m-7 4v5m2.9-5v5',
  key: 'M14.5 9.5a4.5 4.5 0 1 0-3.4 4.4L13 16h2v2h2v2h3.5v-3.5l-6.2-6.2ZM8.5 8.5h.1',
  swap: 'M4 8h14m-4-4 4 4-4 4M20 16H6m4-4-4 4 4 4',
  skill: 'm12 3 2.2 6.8L21 12l-6.8 2.2L12 21l-2.2-6.8L3 12l6.8-2.2z',
} as const

export type GlyphName = keyof typeof PATHS

/** A small picture next to words that say the same. */
export function Glyph({ name }: { name: GlyphName }) {
  return (
    <svg className="glyph" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
