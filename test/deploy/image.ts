import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { plainEnvironment } from '../support/running-process.js'
import { commandOf, type Instruction, instructionsOf, REPOSITORY, readDockerfile } from './dockerfile.js'

/** The result of a stage of the Dockerfile. The last one is the image. */
export interface Stage {
  /** Its file system, without the files of the base image. */
  root: string
  workdir: string
  env: Record<string, string>
  command: string[]
  healthcheck: string[]
}

export interface Image extends Stage {
  remove(): Promise<void>
}

/**
 * Runs the steps of the Dockerfile in temporary folders, without a container engine, to show what an image would
 * contain.
 */
export async function buildImage(): Promise<Image> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-image-'))
  const context = await copyContext(join(folder, 'context'))
  const stages = new Map<string, Stage>()
  let image: Stage | undefined
  for (const instruction of instructionsOf(await readDockerfile())) {
    if (instruction.keyword === 'FROM') {
      const name = instruction.rest.split(' AS ')[1] ?? 'image'
      image = { root: join(folder, name), workdir: '/', env: {}, command: [], healthcheck: [] }
      stages.set(name, image)
    } else if (image) await carryOut(instruction, image, context, stages)
  }
  if (!image) throw new Error('the Dockerfile has no stage')
  return { ...image, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** The repository as .dockerignore lets it through: the last matching line decides. */
async function copyContext(folder: string): Promise<string> {
  const lines = (await readFile(join(REPOSITORY, '.dockerignore'), 'utf8')).split('\n')
  const rules = lines.filter((line) => line !== '' && !line.startsWith('#'))
  const passes = (path: string) => {
    const fitting = rules.filter((rule) => {
      const pattern = rule.replace('!', '')
      return pattern === '*' || path === pattern || path.startsWith(`${pattern}/`)
    })
    const leadsToOne = rules.some((rule) => rule.startsWith(`!${path}/`))
    return leadsToOne || (fitting.at(-1)?.startsWith('!') ?? true)
  }
  const filter = (source: string) => relative(REPOSITORY, source) === '' || passes(relative(REPOSITORY, source))
  await cp(REPOSITORY, folder, { recursive: true, filter })
  return folder
}

async function carryOut(
  instruction: Instruction,
  stage: Stage,
  context: string,
  stages: ReadonlyMap<string, Stage>,
): Promise<void> {
  const { keyword, flags, rest } = instruction
  switch (keyword) {
    case 'WORKDIR':
      stage.workdir = rest
      await mkdir(join(stage.root, rest), { recursive: true })
      return
    case 'ENV':
      Object.assign(stage.env, Object.fromEntries(rest.split(' ').map((pair) => pair.split('='))))
      return
    case 'COPY':
      return copy(rest.split(' '), flags.from ? stages.get(flags.from)?.root : context, stage)
    case 'RUN': {
      const cwd = join(stage.root, stage.workdir)
      const env = { ...plainEnvironment(), ...stage.env }
      await promisify(execFile)('sh', ['-ec', rest], { cwd, env, maxBuffer: 64 * 1024 * 1024 })
      return
    }
    case 'CMD':
      stage.command = commandOf(instruction)
      return
    case 'HEALTHCHECK':
      stage.healthcheck = commandOf(instruction)
      return
    case 'USER':
    case 'EXPOSE':
    case 'STOPSIGNAL':
      return
    default:
      throw new Error(`${keyword} is not carried out here: teach it`)
  }
}

async function copy(paths: string[], origin: string | undefined, { root, workdir }: Stage): Promise<void> {
  const target = paths.pop()
  if (origin === undefined || target === undefined) throw new Error(`COPY from nowhere: ${paths}`)
  const destination = join(root, target.startsWith('/') ? '' : workdir, target)
  for (const path of paths) {
    const source = join(origin, path)
    const isFolder = (await stat(source)).isDirectory()
    const into = target.endsWith('/') && !isFolder ? join(destination, basename(path)) : destination
    await cp(source, into, { recursive: true, verbatimSymlinks: true })
  }
}
