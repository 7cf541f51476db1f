import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

export const SCRIPT = '/assets/app-C0ffee42.js'
export const FONT = '/assets/inter-latin-wght-normal-C0ffee42.woff2'

export interface BuiltWizard extends AsyncDisposable {
  folder: string
}

/** A folder like the output of `vite build`, with a page that does little. */
export async function buildWizard(script = 'document.title = "built"'): Promise<BuiltWizard> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-wizard-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(
    join(folder, 'index.html'),
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><!--patchbay--><script type="module" src="${SCRIPT}"></script></head><body></body></html>`,
  )
  await writeFile(join(folder, SCRIPT), script)
  await writeFile(join(folder, `${SCRIPT}.br`), brotliCompressSync(script))
  await writeFile(join(folder, `${SCRIPT}.gz`), gzipSync(script))
  await writeFile(join(folder, FONT), Buffer.from('wOF2'))
  await writeFile(join(folder, 'secret.txt'), 'not an asset')
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}
