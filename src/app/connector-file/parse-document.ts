import type { Document, Node, Pair } from 'yaml'
import type { InputFault } from '../../domain/errors.js'

/** A fault, and the line that it is on. */
export interface PlacedFault extends InputFault {
  line: number
}

export interface ParsedDocument {
  content: unknown
  /** What makes it no document. Then there is no content. */
  faults: PlacedFault[]
  /** Returns the line of a path such as `connectors[0].name`, or of what is there of it. */
  lineOf(path: string): number
}

/** Parses YAML, and JSON, which is a part of it. */
export async function parseDocument(text: string): Promise<ParsedDocument> {
  // Loaded only where it is used, because most installations have no file.
  const { default: yaml } = await import('yaml')
  const { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } = yaml
  const lines = new LineCounter()
  // Pretty errors would quote the file.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset = 0) => Math.max(1, lines.linePos(offset).line)
  const faults = [...document.errors, ...document.warnings].map(({ message, pos }) => {
    return { path: '(whole)', message, line: lineAt(pos[0]) }
  })

  const resolved = (node: unknown) => (isAlias(node) ? node.resolve(document as Document<Node>) : node)
  const keyOf = ({ key }: Pair) => (isScalar(key) ? String(key.value) : '')
  const lineOf = (path: string) => {
    let rest = path
    let line = lineAt(document.contents?.range?.[0])
    for (let node = resolved(document.contents); rest !== ''; ) {
      const step = isMap(node) ? memberStep(node.items, keyOf, rest) : isSeq(node) ? itemStep(node.items, rest) : null
      if (!step) break
      const at = step.key ?? step.value
      line = rangeStart(at) === undefined ? line : lineAt(rangeStart(at))
      node = resolved(step.value)
      rest = step.rest
    }
    return line
  }
  if (faults.length > 0) return { content: undefined, faults, lineOf }
  try {
    return { content: document.toJS(), faults, lineOf }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { content: undefined, faults: [{ path: '(whole)', message, line: 1 }], lineOf }
  }
}

interface Step {
  key?: unknown
  value: unknown
  rest: string
}

/** Names may have dots themselves, so the longest one that fits is meant. */
function memberStep(items: readonly Pair[], keyOf: (pair: Pair) => string, path: string): Step | null {
  const fitting = items
    .map((pair) => ({ pair, name: keyOf(pair) }))
    .filter(({ name }) => name !== '' && (path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`)))
    .sort((a, b) => b.name.length - a.name.length)[0]
  if (!fitting) return null
  const { pair, name } = fitting
  return { key: pair.key, value: pair.value, rest: path.slice(name.length).replace(/^\./, '') }
}

function itemStep(items: readonly unknown[], path: string): Step | null {
  const [whole, index] = /^\[(\d+)\]\.?/.exec(path) ?? []
  return whole === undefined ? null : { value: items[Number(index)], rest: path.slice(whole.length) }
}

function rangeStart(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0]
}
