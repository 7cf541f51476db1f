import { readFile } from 'node:fs/promises'
import { Kind, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../../src/graphql/schema.js'

test('the ten operations in the README are valid', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  const block = readme.match(/```graphql\n([\s\S]*?)```/)?.[1] ?? ''
  const { definitions } = parse(block)
  expect(definitions).toHaveLength(10)
  for (const definition of definitions) {
    const faults = validate(schema, { kind: Kind.DOCUMENT, definitions: [definition] })
    expect(faults.map(({ message }) => message)).toEqual([])
  }
})

test('the README’s examples for back ends are valid', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  const [, ...blocks] = [...readme.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  const scripts = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  const inScripts = scripts.flatMap((script) =>
    [...script.matchAll(/`((?:query|mutation)[^`]*)`/g)].map(([, text = '']) => text),
  )
  expect(blocks).toHaveLength(2)
  expect(inScripts).toHaveLength(1)
  for (const operation of [...blocks, ...inScripts]) {
    expect(validate(schema, parse(operation)).map(({ message }) => message)).toEqual([])
  }
})

test('every environment variable is in the README and in .env.example', async () => {
  const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')
  const [source, readme, example] = await Promise.all(
    ['src/config/environment.ts', 'README.md', '.env.example'].map(read),
  )
  const names = new Set(source?.match(/PATCHBAY_[A-Z_]+/g))
  expect(names.size).toBeGreaterThan(10)
  for (const name of names) {
    expect(example, name).toContain(name)
    // Claims stand in one row of the table, each by its last part.
    expect(readme, name).toMatch(new RegExp(`${name}|…_${name.replace('PATCHBAY_CLAIM_', '')}\``))
  }
})

test('every variable that the operators’ pages name exists', async () => {
  const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')
  const source = await read('src/config/environment.ts')
  for (const page of ['docs/operations.md', 'docs/observability.md', 'deploy/alerts.yml']) {
    for (const [name] of (await read(page)).matchAll(/PATCHBAY_[A-Z_]+/g)) expect(source, page).toContain(`${name}:`)
  }
})
