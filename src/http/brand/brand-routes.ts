import { Hono } from 'hono'
import { pictureHeaders } from '../pictures/picture.js'
import { type Brand, picturesOf } from './brand.js'

/** Serves the brand's pictures. Their paths contain a hash, so browsers keep them. */
export function createBrandRoutes(brand: Brand): Hono {
  const routes = new Hono()
  for (const picture of picturesOf(brand)) {
    const headers = { ...pictureHeaders(picture), 'cache-control': 'public, max-age=31536000, immutable' }
    routes.get(picture.path, (c) => c.body(picture.bytes, 200, headers))
  }
  return routes
}
