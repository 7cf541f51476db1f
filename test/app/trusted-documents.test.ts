import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTrustedDocuments } from '../../src/app/trusted-documents.js'
import { SetupScreenLiveDocument } from '../../src/generated/client/graphql.js'
import { schema } from '../../src/graphql/schema.js'

const TEXT = '{ viewer { id } }'
const ID = 'sha256:4a6d7ee0d1cbfb7bd3e4ffd1e0cd4a6a0b5d4f3b5b3c5d2a2f1e0d9c8b7a6958'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchbay-manifests-'))
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0
async function written(content: unknown): Promise<string> {
  const path = join(folder, `${++files}.json`)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
let warnings: string[]
beforeEach(() => {
  warnings = []
})
const open = (...paths: string[]) =>
  openTrustedDocuments({ trustedDocuments: { paths, only: 'users' } }, schema, (warning) => warnings.push(warning))

test('there are always the documents of patchbay/client, by the SHA-256 of their text', async () => {
  const { createHash } = await import('node:crypto')
  const documentId = `sha256:${createHash('sha256').update(SetupScreenLiveDocument).digest('hex')}`
  expect((await open()).textOf({ documentId })).toBe(SetupScreenLiveDocument)
})

test('manifests of Relay, graphql-codegen and Apollo are read, and folders of them', async () => {
  const apollo = {
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: [{ id: 'a1', name: 'A', type: 'query', body: TEXT }],
  }
  const several = join(folder, 'several')
  await mkdir(several)
  await writeFile(join(several, 'relay.json'), JSON.stringify({ '5d41402abc4b2a76b9719d911017c592': TEXT }))
  await writeFile(join(several, 'read-me.txt'), 'not a manifest')
  const documents = await open(await written(apollo), several)
  for (const documentId of ['a1', '5d41402abc4b2a76b9719d911017c592']) {
    expect(documents.textOf({ documentId })).toBe(TEXT)
  }
})

test.each<[string, unknown, RegExp]>([
  ['isn’t JSON', '{', /isn’t a manifest of documents\. It has to look like \{ "sha256:…": "query …" \}\.$/],
  ['is a list', [TEXT], /isn’t a manifest/],
  ['has something else than texts', { a: 1 }, /isn’t a manifest/],
  ['has an operation of Apollo without an id', { operations: [{ body: TEXT }] }, /isn’t a manifest/],
  ['has a syntax error', { a: '{ viewer {' }, /has a document that can’t be used, a: Syntax Error/],
  ['has only a fragment', { a: 'fragment A on Viewer { id }' }, /a: it has no operation\.$/],
  [
    'has an id that is another text’s',
    { [ID]: TEXT },
    /isn’t the SHA-256 of its text\. That would be sha256:[0-9a-f]{64}\.$/,
  ],
])('a manifest that %s is refused', async (_, content, message) => {
  const path = await written(content)
  await expect(open(path)).rejects.toThrow(message)
  await expect(open(path)).rejects.toThrow(`PATCHBAY_TRUSTED_DOCUMENTS: ${path} `)
})

test('a path without manifests is refused', async () => {
  await expect(open(join(folder, 'none'))).rejects.toThrow(/which can’t be read \(ENOENT\)\.$/)
  const empty = join(folder, 'empty')
  await mkdir(empty)
  await expect(open(empty)).rejects.toThrow(/has no \.json files\. Name a manifest, or a folder with manifests\.$/)
})

test('two manifests with different texts for one id are refused', async () => {
  const paths = [await written({ a: TEXT }), await written({ a: '{ viewer { name } }' })]
  await expect(open(...paths)).rejects.toThrow(/has another text for a than the manifests before it/)
})

test('a document that doesn’t fit the schema is trusted all the same, with a warning that says which and why', async () => {
  const one = await written({ a: TEXT, b: '{ viewer { nickname } }' })
  const several = await written({ c: '{ viewers { id } }', d: 'query ($id: Id!) { viewer { id } }' })
  const documents = await open(one, several)
  expect(documents.textOf({ documentId: 'b' })).toBe('{ viewer { nickname } }')
  expect(warnings).toEqual([
    `PATCHBAY_TRUSTED_DOCUMENTS: ${one} has a document that doesn’t fit this version’s schema, so requests with it fail. It is b: Cannot query field "nickname" on type "Viewer". Did you mean "name"?`,
    expect.stringMatching(
      /has 2 documents that don’t fit .+ requests with them fail\. The first is c: Cannot query field "viewers"/,
    ),
  ])
})
