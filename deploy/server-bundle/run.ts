/** `npm run build:server` writes the server and the operator's command line into `dist`. */
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle, REPOSITORY } from './bundle.js'

const outdir = join(REPOSITORY, 'dist')
await rm(join(outdir, 'server'), { recursive: true, force: true })
await bundle({ outbase: join(REPOSITORY, 'src'), outdir, entryPoints: ['src/main.ts', 'src/operator.ts'] })
// For operators, who can give it to instances of the previous version. The server has its own copy.
await cp(join(REPOSITORY, 'src/generated/trusted-documents.json'), join(outdir, 'trusted-documents.json'))
