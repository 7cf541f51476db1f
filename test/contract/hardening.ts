import { readdir, readFile } from 'node:fs/promises'
import ts from 'typescript'

const REPOSITORY = new URL('../../', import.meta.url)
const FOLDERS = ['test', 'deploy/topology']
const BLOCKS = ['test', 'it', 'describe']
const ROW = /^\| ([A-Z]\d+) \| (.+) \|$/
const LINKS = /^(\[[^\]]*\]\([^)]*\)(, )?)*/

export const HARDENING_PAGE = new URL('docs/hardening.md', REPOSITORY)

/** What one row of docs/hardening.md says about its tests. */
export interface Row {
  id: string
  isOpen: boolean
  /** Test files by their path in the repository, in the order of the page. */
  links: string[]
}

/** The files whose titles carry an id: paths in the repository by id, both sorted. */
export type TestFiles = ReadonlyMap<string, readonly string[]>

export async function findTestFiles(): Promise<TestFiles> {
  const files = new Map<string, string[]>()
  for (const folder of FOLDERS) {
    const names = await readdir(new URL(folder, REPOSITORY), { recursive: true })
    for (const name of names.filter((name) => name.endsWith('.test.ts')).sort()) {
      const path = `${folder}/${name}`
      const source = await readFile(new URL(path, REPOSITORY), 'utf8')
      for (const id of new Set(titlesIn(source).flatMap(idsOf))) files.set(id, [...(files.get(id) ?? []), path])
    }
  }
  return files
}

/** The ids a title starts with: "L6: …", "L2, L4: …", or just "G3". */
export function idsOf(title: string): string[] {
  const [ids] = /^[A-Z]\d+(, [A-Z]\d+)*(?=:|$)/.exec(title) ?? []
  return ids?.split(', ') ?? []
}

/**
 * The titles of the tests and describe blocks in a file, in order. An ellipsis takes the place of whatever isn't fixed
 * text. Blocks that are skipped or still to be written don't count, nor does anything inside them.
 */
export function titlesIn(source: string): string[] {
  const titles: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [block = '', ...modifiers] = namesIn(node.expression)
      const [title] = node.arguments
      if (BLOCKS.includes(block) && title) {
        if (modifiers.some((modifier) => modifier === 'skip' || modifier === 'todo')) return
        const text = fixedText(title)
        if (text !== '…') titles.push(text)
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('tests.ts', source, ts.ScriptTarget.Latest))
  return titles
}

/** `test.only.each(rows)` is `['test', 'only', 'each']`, and `/pattern/.test` starts with the empty name. */
function namesIn(callee: ts.Expression): string[] {
  if (ts.isIdentifier(callee)) return [callee.text]
  if (ts.isPropertyAccessExpression(callee)) return [...namesIn(callee.expression), callee.name.text]
  if (ts.isCallExpression(callee)) return namesIn(callee.expression)
  return ts.isTaggedTemplateExpression(callee) ? namesIn(callee.tag) : ['']
}

function fixedText(title: ts.Expression): string {
  if (ts.isStringLiteralLike(title)) return title.text
  if (ts.isBinaryExpression(title)) return fixedText(title.left) + fixedText(title.right)
  if (!ts.isTemplateExpression(title)) return '…'
  return [title.head, ...title.templateSpans.map(({ literal }) => literal)].map(({ text }) => text).join('…')
}

export function rowsOf(page: string): Row[] {
  return page.split('\n').flatMap((line) => {
    const { id, tests } = cellsOf(line) ?? {}
    if (id === undefined || tests === undefined) return []
    const links = [...tests.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, path = '']) => path)
    return [{ id, isOpen: tests.startsWith('*open*'), links }]
  })
}

/** What each row injects and expects, and what its tests leave out, in the order of the page. */
export function descriptionsOf(page: string): { id: string; injected: string; expected: string; leftOut?: string }[] {
  return page.split('\n').flatMap((line) => {
    const { id, front, tests } = cellsOf(line) ?? {}
    if (id === undefined || front === undefined) return []
    const [injected = '', expected = ''] = front.slice(`| ${id} | `.length).split(' | ')
    const leftOut = /\*partly\*: (.*)/.exec(tests ?? '')?.[1]
    return [{ id, injected, expected, ...(leftOut && { leftOut }) }]
  })
}

/**
 * Returns the page with each row's links set to the files that carry its id. An open row that has tests by now gets
 * their links. A row whose tests are gone doesn't change: a person decides whether it is open again.
 */
export function withLinks(page: string, files: TestFiles): string {
  return page
    .split('\n')
    .map((line) => {
      const { id = '', front = '', tests = '' } = cellsOf(line) ?? {}
      const paths = files.get(id)
      if (!paths) return line
      const links = paths.map((path) => `[${labelOf(path)}](../${path})`).join(', ')
      return `${front}${links}${tests.replace(/^\*open\*/, '').replace(LINKS, '')} |`
    })
    .join('\n')
}

const labelOf = (path: string) => path.replace(/^test\//, '').replace(/\.test\.ts$/, '')

/** A row's id, its tests, and everything in front of them. Undefined for other lines. */
function cellsOf(line: string) {
  const [, id, cells] = ROW.exec(line) ?? []
  if (id === undefined || cells === undefined) return undefined
  const tests = cells.slice(cells.lastIndexOf(' | ') + 3)
  return { id, tests, front: line.slice(0, -`${tests} |`.length) }
}
