/**
 * Adds to package-lock.json the builds for other platforms that npm left out. It leaves out an optional dependency that the
 * registry at hand does not carry, and `npm ci` then refuses the lock file everywhere. An entry with version and platform is all it needs.
 *
 *   node .ci/complete-lock.mjs
 */
import { readFile, writeFile } from 'node:fs/promises'

const file = new URL('../package-lock.json', import.meta.url)
const SYSTEMS = ['android', 'darwin', 'win32', 'linux', 'freebsd', 'openharmony', 'netbsd', 'openbsd', 'sunos', 'aix']
const PROCESSORS = ['arm64', 'x64', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'arm']

/** The optional dependencies that have no entry, as [entry to add, what depends on it]. */
export function missingBuilds(packages) {
  const missing = []
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!isThere(packages, path, name)) missing.push({ path, name, version, dev: entry.dev })
    }
  }
  return missing
}

function isThere(packages, path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`]) return true
    if (at === '') return false
  }
}

function buildEntry({ name, version, dev }) {
  const words = (name.split('/').pop() ?? '').split('-')
  const system = SYSTEMS.find((word) => words.includes(word))
  const processor = PROCESSORS.find((word) => words.includes(word))
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : undefined
  if (!system || !processor) throw new Error(`${name} does not say for which platform it is: add its entry by hand`)
  return {
    version,
    ...(dev && { dev }),
    optional: true,
    os: [system],
    cpu: [processor],
    ...(system === 'linux' && libc && { libc: [libc] }),
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const lock = JSON.parse(await readFile(file, 'utf8'))
  const missing = missingBuilds(lock.packages)
  for (const build of missing) lock.packages[`node_modules/${build.name}`] = buildEntry(build)
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  if (missing.length > 0) await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`${missing.length} entries added`)
}
