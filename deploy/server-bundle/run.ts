/** `npm run build:server` writes the server and the operator's command line into `dist`. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle, REPOSITORY } from './bundle.js'

const outdir = join(REPOSITORY, 'dist')
await rm(join(outdir, 'server'), { recursive: true, force: true })
await bundle({ outbase: join(REPOSITORY, 'src'), outdir, entryPoints: ['src/main.ts', 'src/operator.ts'] })
