import { Hono } from 'hono'
import type { TokenConfig } from '../../config/environment.js'
import { PEOPLE, signDevelopmentToken } from './development-issuer.js'

export const DEVELOPMENT_TOKEN_PATH = '/development/token'

/** Issues tokens for the development people: `GET /development/token?as=ben`. Only in development. */
export function createDevelopmentRoutes(secret: string, tokens: TokenConfig): Hono {
  return new Hono().get(DEVELOPMENT_TOKEN_PATH, async (c) => {
    const slug = c.req.query('as') ?? 'ada'
    if (!Object.hasOwn(PEOPLE, slug))
      return c.json({ error: `There’s no demo user named ${slug}. Use one of ${Object.keys(PEOPLE).join(', ')}.` }, 404)
    c.header('cache-control', 'no-store')
    return c.json({ person: slug, token: await signDevelopmentToken(secret, slug, tokens) })
  })
}
