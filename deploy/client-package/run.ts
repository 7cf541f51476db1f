/** `npm run pack:client` writes patchbay-<version>.tgz, the package of `patchbay/client`, into the current folder. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepareClientPackage } from './prepare.js'

const folder = await mkdtemp(join(tmpdir(), 'patchbay-client-'))
try {
  await prepareClientPackage(folder)
  const [code] = await once(spawn('npm', ['pack', folder], { stdio: 'inherit', shell: true }), 'exit')
  process.exitCode = code ?? 1
} finally {
  await rm(folder, { recursive: true, force: true })
}
