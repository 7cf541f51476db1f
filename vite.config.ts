import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

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

/** The wizard: built into dist/wizard, where the server finds it. */
export default defineConfig({
  root: 'src/web',
  plugins: [react(), precompressed()],
  build: {
    outDir: '../../dist/wizard',
    emptyOutDir: true,
    // Nothing is inlined: the page's policy allows no script but files of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
