import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** Of the Patchbay that `npm run dev:wizard` stands in front of. */
const PATCHBAY = 'http://localhost:4000'
const COMPRESSED = /\.(html|js|css|svg|json)$/

/** Writes a .br and a .gz beside every text file, so that serving costs nothing. */
function precompressed(): Plugin {
  return {
    name: 'precompressed',
    apply: 'build',
    async writeBundle({ dir = '' }) {
      const names = (await readdir(dir, { recursive: true })).filter((name) => COMPRESSED.test(name))
      await Promise.all(
        // The page is completed when it is served.
        names
          .filter((name) => name !== 'index.html')
          .map(async (name) => {
            const path = join(dir, name)
            const text = await readFile(path)
            const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
            await writeFile(`${path}.br`, await promisify(brotliCompress)(text, quality))
            await writeFile(`${path}.gz`, await promisify(gzip)(text, { level: 9 }))
          }),
      )
    },
  }
}

/** Completes the page as that Patchbay does, and reloads what is changed in it. */
function factsOfPatchbay(): Plugin {
  return {
    name: 'facts-of-patchbay',
    apply: 'serve',
    async transformIndexHtml(html) {
      const page = await (await fetch(PATCHBAY)).text()
      const [facts] = page.match(/<title>.*?<script type="application\/json".*?<\/script>/s) ?? []
      if (!facts) throw new Error(`There is no wizard at ${PATCHBAY}: npm run build:wizard, and start it again.`)
      return html.replace('<!--patchbay-->', () => facts)
    },
  }
}

/** The wizard: built into dist/wizard, where the server finds it. */
export default defineConfig({
  root: 'src/web',
  plugins: [react(), precompressed(), factsOfPatchbay()],
  server: {
    // PATCHBAY_PUBLIC_URL names it.
    port: 5173,
    strictPort: true,
    proxy: { '^/(graphql|connect/|oauth/|development/|icons/|assets/brand/)': { target: PATCHBAY, ws: true } },
  },
  build: {
    outDir: '../../dist/wizard',
    emptyOutDir: true,
    // Nothing is inlined: the page's policy allows no script but files of its own.
    assetsInlineLimit: 0,
    license: { fileName: 'licenses.md' },
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
