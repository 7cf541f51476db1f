import { readdir, readFile } from 'node:fs/promises'
import { Kind, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { parseManifest } from '../../src/domain/publishing/manifest.js'
import { schema } from '../../src/graphql/schema.js'

const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')
const blocks = (markdown: string, language: string) =>
  [...markdown.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block)

function expectValid(documents: string[]): void {
  for (const definition of documents.flatMap((document) => parse(document).definitions)) {
    const faults = validate(schema, { kind: Kind.DOCUMENT, definitions: [definition] })
    expect(faults.map(({ message }) => message)).toEqual([])
  }
}

test('the operations in the README are valid, in its GraphQL and in its curl commands', async () => {
  const readme = await read('README.md')
  const inGraphQL = blocks(readme, 'graphql')
  const inCommands = [...readme.matchAll(/query=([^']+)'/g)].map(([, operation = '']) => operation)
  expect(inGraphQL).toHaveLength(1)
  expect(inCommands).toHaveLength(2)
  expectValid([...inGraphQL, ...inCommands])
})

test('the operations in the guides’ scripts and commands are valid', async () => {
  const scripts = blocks(await read('docs/put-it-in-your-app.md'), 'js')
  const inScripts = scripts.flatMap((script) =>
    [...script.matchAll(/`((?:query|mutation)[^`]*)`/g)].map(([, text = '']) => text),
  )
  const inCommands = [...(await read('docs/getting-started.md')).matchAll(/query=([^']+)'/g)].map(
    ([, operation = '']) => operation,
  )
  const firstPlugin = await read('docs/first-plugin.md')
  const publishing = [...firstPlugin.matchAll(/QUERY='([^']+)'/g)].map(([, operation = '']) => operation)
  const inBodies = [...firstPlugin.matchAll(/--data '([^']+)'/g)].map(
    ([, body = '']) => JSON.parse(body).query as string,
  )
  expect(inScripts).toHaveLength(1)
  expect(inCommands).toHaveLength(2)
  expect(publishing).toHaveLength(1)
  expect(inBodies).toHaveLength(1)
  expectValid([...inScripts, ...inCommands, ...publishing, ...inBodies])
})

test('the first plugin’s manifest can be published', async () => {
  const [manifest = '', ...others] = blocks(await read('docs/first-plugin.md'), 'json manifest')
  expect(others).toEqual([])
  expect(parseManifest(JSON.parse(manifest), new Set(['github'])).slug).toBe('issue-helper')
})

test('the index of the docs lists every page', async () => {
  const index = await read('docs/README.md')
  const names = (await readdir(new URL('../../docs/', import.meta.url))).filter((name) => name.endsWith('.md'))
  expect(names.filter((name) => name !== 'README.md' && !index.includes(`](${name})`))).toEqual([])
})

test('every environment variable is in docs/configuration.md and in .env.example', async () => {
  const [source, configuration, example] = await Promise.all(
    ['src/config/variables.ts', 'docs/configuration.md', '.env.example'].map(read),
  )
  const names = new Set(source?.match(/PATCHBAY_[A-Z_]+/g))
  expect(names.size).toBeGreaterThan(10)
  for (const name of names) {
    expect(example, name).toContain(name)
    // The claims share one row of the table, each by its last part.
    expect(configuration, name).toMatch(new RegExp(`${name}|…_${name.replace('PATCHBAY_CLAIM_', '')}\``))
  }
})

test('every variable that the docs name exists', async () => {
  const source = await read('src/config/variables.ts')
  const names = (await readdir(new URL('../../docs/', import.meta.url))).filter((name) => name.endsWith('.md'))
  // A recipe in architecture.md adds a variable, and hardening.md names one of the tests' own.
  const others = ['architecture.md', 'hardening.md']
  const pages = names.filter((name) => !others.includes(name)).map((name) => `docs/${name}`)
  for (const page of ['README.md', 'deploy/alerts.yml', ...pages]) {
    for (const [name] of (await read(page)).matchAll(/PATCHBAY_[A-Z_]+/g)) {
      expect(source, `${page}: ${name}`).toMatch(new RegExp(`\\b${name.replace(/_FILE$/, '')}(?=:|[A-Z_]*:)`))
    }
  }
})
