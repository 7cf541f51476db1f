/** The addresses of icons. Shared with src/web/wizard, so don't import anything here. */
export const ICON_PATHS = { plugins: '/icons/plugins/:slug', connectors: '/icons/connectors/:slug' } as const

/** Returns where Patchbay serves the icon of a plugin or connector. */
export function iconPath(kind: keyof typeof ICON_PATHS, slug: string): string {
  return ICON_PATHS[kind].replace(':slug', encodeURIComponent(slug))
}
