import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { DocumentMemory } from '../../../src/http/graphql/document-memory.js'

const textOf = (index: number, length = 0) => `{ a${index}: __typename }`.padEnd(length)

function remembering(count: number, length?: number): DocumentMemory {
  const memory = new DocumentMemory()
  const document = parse('{ __typename }')
  for (let index = 0; index < count; index++) memory.remember(textOf(index, length), document)
  return memory
}

const kept = (memory: DocumentMemory, count: number, length?: number) =>
  Array.from({ length: count }, (_, index) => index).filter((index) => memory.get(textOf(index, length)))

test('500 documents are remembered, and the one that was not used for the longest time is forgotten first', () => {
  const memory = remembering(500)
  memory.get(textOf(0))
  memory.remember(textOf(500), parse('{ __typename }'))
  expect(memory.get(textOf(0))).toBeDefined()
  expect(memory.get(textOf(1))).toBeUndefined()
  expect(memory.get(textOf(500))).toBeDefined()
})

test('the texts that are remembered have at most 250,000 characters together', () => {
  expect(kept(remembering(60, 10_000), 60, 10_000)).toEqual(Array.from({ length: 25 }, (_, index) => index + 35))
})

test('a text of more than 25,000 characters is not remembered and pushes out no other', () => {
  const memory = remembering(10)
  memory.remember(textOf(10, 25_001), parse('{ __typename }'))
  expect(memory.get(textOf(10, 25_001))).toBeUndefined()
  expect(kept(memory, 10)).toHaveLength(10)
})
