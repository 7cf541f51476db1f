import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import type { Catalogue } from '../../domain/catalogue/catalogue.js'
import { type Picture, pictureHeaders } from '../pictures/picture.js'
import type { IconMemory } from './icon-memory.js'
import { ICON_PATHS } from './paths.js'

/** How long browsers keep an icon. */
const KEPT_SECONDS = 3_600
/** The same for the answer that there is none. */
const MISSING_SECONDS = 60
/** How old the catalogue may be here. Anyone may ask, so not every request looks at the database. */
const CATALOGUE_MS = 1_000

interface IconsOptions {
  currentCatalogue: () => Promise<Catalogue>
  icons: Pick<IconMemory, 'at'>
}

/**
 * The icons of plugins and connectors, from Patchbay's own origin. They are public, as pictures in pages have no token.
 * They are found by their slug and never by a URL, so only what operators published is fetched.
 */
export function createIconRoutes({ currentCatalogue, icons }: IconsOptions): Hono {
  const routes = new Hono()
  const recent = atMostEvery(CATALOGUE_MS, currentCatalogue)
  for (const kind of ['plugins', 'connectors'] as const) {
    routes.get(ICON_PATHS[kind], async (c) => {
      const item = (await recent())[kind].get(c.req.param('slug'))
      const picture = item?.iconUrl ? await icons.at(item.iconUrl) : null
      if (picture === undefined) return notNow(c)
      if (picture === null) return c.body(null, 404, { 'cache-control': `public, max-age=${MISSING_SECONDS}` })
      return answer(c, picture)
    })
    routes.all(ICON_PATHS[kind], (c) => c.text('Use GET or HEAD.', 405, { allow: 'GET, HEAD' }))
  }
  routes.onError((_error, c) => notNow(c))
  return routes
}

function notNow(c: Context): Response {
  return c.body(null, 503, { 'cache-control': 'no-store', 'retry-after': '1' })
}

function answer(c: Context, picture: Picture): Response {
  const etag = `"${createHash('sha256').update(picture.bytes).digest('base64url').slice(0, 22)}"`
  const headers = { ...pictureHeaders(picture), 'cache-control': `public, max-age=${KEPT_SECONDS}`, etag }
  if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers)
  return c.body(picture.bytes, 200, headers)
}

/** Returns what was read last, and reads again if that is older. A read that fails isn't kept. */
function atMostEvery<T>(ms: number, read: () => Promise<T>): () => Promise<T> {
  let last: { atMs: number; value: Promise<T> } | undefined
  return () => {
    const nowMs = performance.now()
    if (last && nowMs - last.atMs < ms) return last.value
    const value = read()
    const present = { atMs: nowMs, value }
    last = present
    value.catch(() => {
      if (last === present) last = undefined
    })
    return value
  }
}
