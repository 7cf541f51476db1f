/**
 * The wizard's addresses. The server responds to each with the wizard's page, which shows what the address names.
 * Shared with src/web/wizard, so don't import anything here.
 */
export const WIZARD_PATHS = {
  plugins: '/',
  plugin: '/plugins/:slug',
  mine: '/mine',
  connections: '/connections',
  connection: '/connections/:id',
} as const

export function pluginPath(slug: string): string {
  return WIZARD_PATHS.plugin.replace(':slug', encodeURIComponent(slug))
}
