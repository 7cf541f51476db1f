import { Fragment } from 'react'
import { texts } from '../texts.js'

/** A list of names in a sentence. A name breaks only where it's longer than the line, and takes its comma along. */
export function Names({ names }: { names: readonly string[] }) {
  const parts = new Intl.ListFormat(texts.language).formatToParts(names)
  return parts.map(({ type, value }, index) => {
    const key = `${index} ${value}`
    if (type !== 'element') return <Fragment key={key}>{withoutComma(value)}</Fragment>
    return (
      <span key={key} className="name">
        {value}
        {commaOf(parts[index + 1]?.value)}
      </span>
    )
  })
}

/** What comes right after a name, without a space: a comma in most languages. */
const COMMA = /^[^\s\p{L}]+/u

function commaOf(literal = ''): string {
  return COMMA.exec(literal)?.[0] ?? ''
}

function withoutComma(literal: string): string {
  return literal.replace(COMMA, '')
}
