import { readdir, readFile } from 'node:fs/promises'
import { parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../../src/graphql/schema.js'

const docs = new URL('../../docs/', import.meta.url)

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
