import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where Patchbay is, and where this page is. */
const { API_URL = 'http://localhost:4000', PORT = '5180' } = process.env

/** In your project, patchbay/client is an installed package. Here, in its own repository, it's these files. */
const source = (file: string) => fileURLToPath(new URL(`../../src/web/client/${file}`, import.meta.url))

export default defineConfig({
  plugins: [react()],
  define: { API_URL: JSON.stringify(API_URL) },
  resolve: {
    alias: { 'patchbay/client/react': source('react.ts'), 'patchbay/client': source('index.ts') },
  },
  server: {
    port: Number(PORT),
    strictPort: true,
    // Stands in for your token endpoint: Patchbay in development signs tokens itself. See examples/token-endpoint.
    proxy: {
      '/patchbay-token': {
        target: API_URL,
        changeOrigin: true,
        rewrite: () => '/development/token',
        configure: (proxy) => {
          proxy.on('error', (_error, _request, response) => {
            if (!('writeHead' in response)) return
            response.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' })
            response.end(`Patchbay can’t be reached at ${API_URL}. Start it there, or set API_URL to its address.`)
          })
        },
      },
    },
  },
})
