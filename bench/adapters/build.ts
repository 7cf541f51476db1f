import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const FOLDER = path('../contestants')
/** Next to their packages, where Node finds these. */
export const BUILT = path('../contestants/dist')
export const SCHEMA_FILE = path('../contestants/schema.graphql')

/** Turns the contestants into plain JavaScript, so that none of them pays for reading TypeScript when it starts. */
export async function buildContestants(names: readonly string[]): Promise<void> {
  const peers = names.filter((name) => ['mercurius', 'apollo'].includes(name))
  if (peers.length > 0) installPeers()
  await build({
    entryPoints: [
      ...['floor', 'tokens-floor'].map((name) => `${FOLDER}/${name}.ts`),
      ...peers.map((name) => `${FOLDER}/peers/${name}.ts`),
    ],
    entryNames: '[name]',
    outdir: BUILT,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'error',
  })
}

/** Their packages are not those of the repository, so that `npm ci` stays small for everyone else. */
function installPeers(): void {
  if (existsSync(`${FOLDER}/node_modules/.package-lock.json`)) return
  console.error('Installing the contestants’ packages in bench/contestants.')
  const { status } = spawnSync('npm', ['ci', '--prefix', FOLDER, '--ignore-scripts'], { stdio: 'inherit' })
  if (status !== 0) throw new Error('The contestants’ packages could not be installed.')
}

export function buildPatchbay(): void {
  const { status } = spawnSync('npm', ['run', '--silent', 'build:server'], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error('Patchbay could not be built.')
}
