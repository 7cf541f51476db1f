import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono } from 'hono'
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
}

/**
 * The reference wizard: a page and its assets, the same for everyone.
 * @returns undefined if it has not been built
 */
export async function createWizardRoutes({ folder, facts, publicUrl }: WizardOptions): Promise<Hono | undefined> {
  const template = await readFile(join(folder, 'index.html'), 'utf8').catch(undefinedWhenMissing)
  if (template === undefined) return undefined
  const page = wizardPage(template, facts)
  const headers = wizardHeaders(publicUrl, facts.tokenUrl)
  const wizard = new Hono()
  for (const path of Object.values(WIZARD_PATHS)) {
    wizard.get(path, headers, (c) => c.html(page, 200, { 'cache-control': 'no-cache' }))
    wizard.all(path, notAllowed)
  }
  wizard.get(
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
  wizard.all(ASSETS, notAllowed)
  return wizard
}

function notAllowed(c: Context): Response {
  return c.text('Use GET or HEAD.', 405, { allow: 'GET, HEAD', 'cache-control': 'no-store' })
}

function undefinedWhenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
