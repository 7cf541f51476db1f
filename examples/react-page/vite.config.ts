import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const { PATCHBAY_URL = 'http://localhost:4000', PORT = '5180' } = process.env

/** In your project, patchbay/client is an installed package. Here, in its own repository, it's these files. */
const source = (file: string) => fileURLToPath(new URL(`../../src/web/client/${file}`, import.meta.url))

export default defineConfig({
  plugins: [react()],
  define: { PATCHBAY_URL: JSON.stringify(PATCHBAY_URL) },
  resolve: {
    alias: { 'patchbay/client/react': source('react.ts'), 'patchbay/client': source('index.ts') },
  },
  server: {
    port: Number(PORT),
    strictPort: true,
    // Stands in for your token endpoint: Patchbay in development signs tokens itself. See examples/token-endpoint.
    proxy: {
      '/patchbay-token': { target: PATCHBAY_URL, changeOrigin: true, rewrite: () => '/development/token' },
    },
  },
})
