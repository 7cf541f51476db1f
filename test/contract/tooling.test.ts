import { readFile } from 'node:fs/promises'
import { validate } from 'dockerfile-utils'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')
const readJson = async (name: string) => JSON.parse(await read(name))

describe('the version of Node', () => {
  /** What the image runs. */
  let current: string
  /** What package.json allows at least, as major and minor. */
  let oldest: string
  beforeAll(async () => {
    current = /^ARG NODE=(\d+)$/m.exec(await read('Dockerfile'))?.[1] ?? ''
    const { engines } = await readJson('package.json')
    oldest = /^>=(\d+\.\d+)$/.exec(engines.node)?.[1] ?? ''
  })

  test('is the same in the image, in .nvmrc and in the dev container', async () => {
    expect(current).not.toBe('')
    expect((await read('.nvmrc')).trim()).toBe(current)
    expect(await read('.devcontainer/Dockerfile')).toMatch(new RegExp(`^FROM node:${current}-`, 'm'))
  })

  test('in CI is the one in the image, and the oldest one that package.json allows', async () => {
    const { jobs } = parse(await read('.github/workflows/ci.yml'))
    expect(jobs.ci.strategy.matrix.node).toEqual([oldest, current])
    expect(jobs.ci.container.image).toMatch(/^node:\$\{\{ matrix\.node \}\}-/)
  })

  test('that the types describe and the README names is the oldest one that package.json allows', async () => {
    const { devDependencies } = await readJson('package.json')
    expect(devDependencies['@types/node'].split('.')[0]).toBe(oldest.split('.')[0])
    for (const page of ['README.md', 'docs/versioning.md']) expect(await read(page)).toContain(`Node ${oldest} `)
  })
})

test('CI runs .ci/run and nothing else', async () => {
  const { jobs, permissions } = parse(await read('.github/workflows/ci.yml'))
  expect(Object.keys(jobs)).toEqual(['ci'])
  const [checkout, ...rest] = jobs.ci.steps
  expect(checkout.uses).toMatch(/^actions\/checkout@/)
  expect(rest).toEqual([{ run: '.ci/run' }])
  expect(permissions).toEqual({ contents: 'read' })
})

test('the dev container has every package that .ci/run installs, and installs dependencies when it is created', async () => {
  const dockerfile = await read('.devcontainer/Dockerfile')
  expect(validate(dockerfile)).toEqual([])
  const installed = /apt-get install([^&]*)/.exec(dockerfile)?.[1]?.split(/[\s\\]+/)
  const script = await read('.ci/run')
  const needed = [...script.matchAll(/missing\+=\(([^)]+)\)|no-install-recommends (\S+)/g)].map(([, a, b]) => a ?? b)
  expect(needed).toEqual(
    expect.arrayContaining(['chromium-headless-shell', 'nginx-light', 'postgresql', 'python3', 'redis-server']),
  )
  expect(installed).toEqual(expect.arrayContaining(needed))
  expect(await readJson('.devcontainer/devcontainer.json')).toMatchObject({ postCreateCommand: 'npm ci' })
})

test('editors indent and wrap as biome.json says, and format with it', async () => {
  const { formatter } = await readJson('biome.json')
  const editorConfig = await read('.editorconfig')
  const everywhere = editorConfig.slice(editorConfig.indexOf('[*]'), editorConfig.indexOf('[*.md]'))
  expect(everywhere).toContain(`indent_style = ${formatter.indentStyle}\n`)
  expect(everywhere).toContain(`indent_size = ${formatter.indentWidth}\n`)
  expect(everywhere).toContain(`max_line_length = ${formatter.lineWidth}\n`)
  const settings = await readJson('.vscode/settings.json')
  expect(settings).toMatchObject({ 'editor.rulers': [formatter.lineWidth], 'editor.defaultFormatter': 'biomejs.biome' })
  const { recommendations } = await readJson('.vscode/extensions.json')
  expect(recommendations).toContain('biomejs.biome')
  const { customizations } = await readJson('.devcontainer/devcontainer.json')
  expect(customizations.vscode.extensions).toEqual(recommendations)
})

test('GitHub’s forms and schedules are well-formed', async () => {
  for (const name of ['bug', 'feature']) {
    const form = parse(await read(`.github/ISSUE_TEMPLATE/${name}.yml`))
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) })
    const ids = form.body.flatMap((field: { id?: string }) => field.id ?? [])
    expect(new Set(ids).size).toBe(ids.length)
    for (const field of form.body) {
      expect(['markdown', 'input', 'textarea', 'dropdown']).toContain(field.type)
      if (field.type !== 'markdown') expect(field.attributes.label, field.id).toMatch(/\S/)
    }
  }
  const { version, updates } = parse(await read('.github/dependabot.yml'))
  expect(version).toBe(2)
  const ecosystems = updates.map((update: Record<string, string>) => update['package-ecosystem'])
  expect(ecosystems).toEqual(['npm', 'github-actions', 'docker', 'docker-compose'])
})
