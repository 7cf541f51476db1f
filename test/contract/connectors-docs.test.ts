import { readFile } from 'node:fs/promises'
import { isInputObjectType } from 'graphql'
import { expect, test } from 'vitest'
import { ProviderSchema } from '../../src/domain/catalogue/provider.js'
import { schema } from '../../src/graphql/schema.js'

const page = await readFile(new URL('../../docs/connectors.md', import.meta.url), 'utf8')

/** The names in the first cells of a section's table. */
function namesIn(heading: string): string[] {
  const [text = ''] = page.split(`\n## ${heading}\n`)[1]?.split('\n## ') ?? []
  const cells = text.split('\n').flatMap((line) => /^\| (`.*?) \|/.exec(line)?.[1] ?? [])
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
}

test('docs/connectors.md lists exactly the members of a connector', () => {
  const input = schema.getType('ConfigureConnectorInput')
  if (!isInputObjectType(input)) throw new Error('the schema has no ConfigureConnectorInput')
  expect(namesIn('Members of a connector').sort()).toEqual(Object.keys(input.getFields()).sort())
})

test('docs/connectors.md lists exactly the settings of a provider', () => {
  expect(namesIn('Provider settings').sort()).toEqual(Object.keys(ProviderSchema.shape).sort())
})

test('the providers that docs/connectors.md describes are valid', () => {
  const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text))
  expect(examples).toHaveLength(9)
  for (const { oauth2 } of examples) if (oauth2) ProviderSchema.parse(oauth2)
  for (const { provider, openIdConnect, oauth2 } of examples)
    expect([provider, openIdConnect, oauth2].filter(Boolean)).toHaveLength(1)
})
