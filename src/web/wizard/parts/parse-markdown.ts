/** A part of a line. */
export type Inline =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'strong' | 'emphasis'; content: Inline[] }
  | { kind: 'link'; url: string; content: Inline[] }

export type Block =
  | { kind: 'heading' | 'paragraph' | 'quote'; content: Inline[] }
  | { kind: 'list'; isOrdered: boolean; start: number; items: Inline[][] }
  | { kind: 'code'; text: string }

const FENCE = /^\s*(```|~~~)/
const HEADING = /^#{1,6}\s+(.*?)\s*#*$/
const QUOTE = /^>\s?(.*)$/
const ITEM = /^\s*(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/
const RULE = /^\s*([-*_])(?:\s*\1){2,}\s*$/

const INLINE = [
  /`(?<code>[^`]+)`/,
  /\*\*(?<strong>\S(?:.*?\S)?)\*\*/,
  /\[(?<label>[^\]]+)\]\((?<url>https?:\/\/[^\s)]+)\)/,
  /(?<![\w*])[*_](?<emphasis>[^\s*_](?:[^*_]*[^\s*_])?)[*_](?![\w*])/,
]
const NEXT = new RegExp(INLINE.map(({ source }) => source).join('|'))

/**
 * Reads the subset of Markdown that skills use: headings, paragraphs, flat lists, quotes, code, bold, italics and links to web
 * pages. Everything else, such as HTML, remains text.
 */
export function parseMarkdown(source: string): Block[] {
  const blocks: Block[] = []
  const lines = source.replaceAll('\r\n', '\n').split('\n')
  let paragraph: string[] = []
  const endParagraph = () => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', content: parseInline(paragraph.join(' ')) })
    paragraph = []
  }
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const fence = FENCE.exec(line)?.[1]
    if (fence) {
      endParagraph()
      const rest = lines.slice(at + 1)
      const length = rest.findIndex((each) => each.trim().startsWith(fence))
      const code = length < 0 ? rest : rest.slice(0, length)
      blocks.push({ kind: 'code', text: code.join('\n') })
      at += code.length + 1
      continue
    }
    const item = RULE.test(line) ? null : ITEM.exec(line)
    const list = blocks.at(-1)
    if (item) {
      endParagraph()
      const [, number, text = ''] = item
      const isOrdered = number !== undefined
      const previous = blocks.at(-1)
      if (previous?.kind === 'list' && previous.isOrdered === isOrdered) previous.items.push(parseInline(text))
      else blocks.push({ kind: 'list', isOrdered, start: Number(number ?? 1), items: [parseInline(text)] })
      continue
    }
    const heading = HEADING.exec(line)?.[1]
    const quote = QUOTE.exec(line)?.[1]
    if (heading !== undefined || quote !== undefined || line.trim() === '' || RULE.test(line)) endParagraph()
    if (heading !== undefined) blocks.push({ kind: 'heading', content: parseInline(heading) })
    else if (quote !== undefined) blocks.push({ kind: 'quote', content: parseInline(quote) })
    else if (/^\s/.test(line) && line.trim() && list?.kind === 'list' && paragraph.length === 0) {
      // An indented line continues the item above.
      list.items.at(-1)?.push({ kind: 'text', text: ' ' }, ...parseInline(line.trim()))
    } else if (line.trim() && !RULE.test(line)) paragraph.push(line.trim())
  }
  endParagraph()
  return blocks
}

function parseInline(text: string): Inline[] {
  const parts: Inline[] = []
  let rest = text
  for (let found = NEXT.exec(rest); found?.groups; found = NEXT.exec(rest)) {
    if (found.index > 0) parts.push({ kind: 'text', text: rest.slice(0, found.index) })
    parts.push(inlineOf(found.groups))
    rest = rest.slice(found.index + found[0].length)
  }
  if (rest !== '') parts.push({ kind: 'text', text: rest })
  return parts
}

function inlineOf({ code, strong, emphasis, label = '', url = '' }: Record<string, string | undefined>): Inline {
  if (code !== undefined) return { kind: 'code', text: code }
  if (strong !== undefined) return { kind: 'strong', content: parseInline(strong) }
  if (emphasis !== undefined) return { kind: 'emphasis', content: parseInline(emphasis) }
  return { kind: 'link', url, content: parseInline(label) }
}
