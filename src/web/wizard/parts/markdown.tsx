import type { ReactNode } from 'react'
import { type Block, type Inline, parseMarkdown } from './parse-markdown.js'

/** Shows Markdown as elements. Nothing in it can become HTML. */
export function Markdown({ source }: { source: string }) {
  return <div className="markdown">{parseMarkdown(source).map(blockOf)}</div>
}

/** The source never changes while it is shown, so positions are good keys. */
function blockOf(block: Block, key: number): ReactNode {
  switch (block.kind) {
    case 'heading':
      return <h4 key={key}>{inlines(block.content)}</h4>
    case 'paragraph':
      return <p key={key}>{inlines(block.content)}</p>
    case 'quote':
      return <blockquote key={key}>{inlines(block.content)}</blockquote>
    case 'code':
      return (
        <pre key={key}>
          <code>{block.text}</code>
        </pre>
      )
    case 'list': {
      const items = block.items.map(itemOf)
      return block.isOrdered ? (
        <ol key={key} start={block.start}>
          {items}
        </ol>
      ) : (
        <ul key={key}>{items}</ul>
      )
    }
  }
}

function itemOf(content: readonly Inline[], key: number): ReactNode {
  return <li key={key}>{inlines(content)}</li>
}

function inlines(content: readonly Inline[]): ReactNode {
  return content.map(inlineOf)
}

function inlineOf(inline: Inline, key: number): ReactNode {
  switch (inline.kind) {
    case 'text':
      return inline.text
    case 'code':
      return <code key={key}>{inline.text}</code>
    case 'strong':
      return <strong key={key}>{inlines(inline.content)}</strong>
    case 'emphasis':
      return <em key={key}>{inlines(inline.content)}</em>
    case 'link':
      return (
        <a key={key} href={inline.url} target="_blank" rel="noreferrer">
          {inlines(inline.content)}
        </a>
      )
  }
}
