import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono } from 'hono'
import { type Brand, wizardBrandStyle } from '../brand/brand.js'
import { WIZARD_PATHS } from './paths.js'
import { wizardHeaders } from './wizard-headers.js'
import { type WizardFacts, wizardPage } from './wizard-page.js'

/** Where `vite build` writes it: at the package's root, as seen from `src` and from `dist`. */
export const WIZARD_FOLDER = fileURLToPath(new URL('../../../dist/wizard', import.meta.url))

const ASSETS = '/assets/*'

interface WizardOptions {
  folder: string
  facts: WizardFacts
  publicUrl: string
  brand: Brand
  /** The origins that may show its pages in a frame. */
  frameAncestors: readonly string[]
}

/** The reference wizard: a page and its assets, the same for everyone. */
export interface WizardRoutes {
  routes: Hono
  /** Serves the page for an address that doesn't exist. The page says so. */
  lost(c: Context): Promise<Response>
}

/** @returns undefined if it has not been built */
export async function createWizardRoutes(options: WizardOptions): Promise<WizardRoutes | undefined> {
  const { folder, facts, publicUrl, brand, frameAncestors } = options
  const template = await readFile(join(folder, 'index.html'), 'utf8').catch(undefinedWhenMissing)
  if (template === undefined) return undefined
  const page = wizardPage(template, facts, brand)
  const shared = { publicUrl, tokenUrl: facts.tokenUrl, style: wizardBrandStyle(brand) }
  const headers = wizardHeaders({ ...shared, frameAncestors: [] })
  const framedHeaders = wizardHeaders({ ...shared, frameAncestors })
  const routes = new Hono()
  for (const path of Object.values(WIZARD_PATHS)) {
    routes.get(
      path,
      (c, next) => (isOnAnotherSite(c) ? headers(c, next) : framedHeaders(c, next)),
      (c) => c.html(page, 200, { 'cache-control': 'no-cache' }),
    )
    routes.all(path, notAllowed)
  }
  routes.get(
    ASSETS,
    headers,
    async (c, next) => {
      await next()
      // Their names contain a hash of their content.
      if (c.res.ok) c.header('cache-control', 'public, max-age=31536000, immutable')
      c.header('vary', 'Accept-Encoding')
    },
    serveStatic({ root: folder, precompressed: true }),
    (c) => c.text('File not found.', 404, { 'cache-control': 'no-store' }),
  )
  routes.all(ASSETS, notAllowed)
  const lost = async (c: Context) => {
    await headers(c, async () => {
      c.res = await c.html(page, 404, { 'cache-control': 'no-store' })
    })
    return c.res
  }
  return { routes, lost }
}

/**
 * Returns whether a page of another site has the wizard in a frame. Browsers know which domains belong to one site. On
 * another one, the cookies of the host and of authorizations would be missing.
 */
function isOnAnotherSite(c: Context): boolean {
  return c.req.header('sec-fetch-dest') !== 'document' && c.req.header('sec-fetch-site') === 'cross-site'
}

function notAllowed(c: Context): Response {
  return c.text('Use GET or HEAD.', 405, { allow: 'GET, HEAD', 'cache-control': 'no-store' })
}

function undefinedWhenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
