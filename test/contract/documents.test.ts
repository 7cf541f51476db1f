import { readdir, readFile } from 'node:fs/promises'
import { parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../../src/graphql/schema.js'

const docs = new URL('../../docs/', import.meta.url)

const examples = new URL('../../examples/', import.meta.url)

test('every GraphQL operation in the docs is valid', async () => {
  // design.md shows the schema itself.
  const pages = (await readdir(docs)).filter((name) => name.endsWith('.md') && name !== 'design.md')
  let operations = 0
  for (const page of pages) {
    const text = await readFile(new URL(page, docs), 'utf8')
    for (const [, block = ''] of text.matchAll(/```graphql\n([\s\S]*?)```/g)) {
      expect(validate(schema, parse(block)), page).toEqual([])
      operations++
    }
  }
  expect(operations).toBeGreaterThan(0)
})

test('every GraphQL operation in the examples and their pages is valid', async () => {
  const files = (await readdir(examples, { recursive: true })).filter((name) => /\.(ts|tsx|py|md)$/.test(name))
  let operations = 0
  for (const file of files) {
    const text = await readFile(new URL(file, examples), 'utf8')
    const inPrograms = text.matchAll(/(?:`|""")\s*((?:query|mutation|subscription) [\s\S]*?)(?:`|""")/g)
    const inCommands = text.matchAll(/--data '([^']*)'/g)
    const found = [
      ...[...inPrograms].map(([, operation = '']) => operation),
      ...[...inCommands].map(([, body = '']) => JSON.parse(body).query as string),
    ]
    for (const operation of found) {
      expect(validate(schema, parse(operation)), file).toEqual([])
      operations++
    }
  }
  expect(operations).toBe(6)
})
