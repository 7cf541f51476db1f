import { Fragment } from 'react'
import { Link } from 'wouter'
import { texts } from '../texts.js'

interface NamesProps {
  names: readonly string[]
  /** Where each name leads, if they're links. */
  hrefs?: readonly string[]
  /** What ends the sentence. */
  end?: string
}

/**
 * A list of names in a sentence. A name breaks only where it's longer than the line, and takes its comma and the “and”
 * before it along.
 */
export function Names({ names, hrefs = [], end }: NamesProps) {
  const parts = new Intl.ListFormat(texts.language).formatToParts(names)
  const between = parts.filter(({ type }) => type === 'literal').map(({ value }) => LITERAL.exec(value)?.groups ?? {})
  return names.map((name, index) => (
    <Fragment key={name}>
      {between[index - 1]?.space}
      <span className="name">
        {between[index - 1]?.word}
        {hrefs[index] ? <Link href={hrefs[index]}>{name}</Link> : name}
        {index < names.length - 1 ? between[index]?.comma : end}
      </span>
    </Fragment>
  ))
}

/** What is between two names: a comma in most languages, a space, and a word such as “and”. */
const LITERAL = /^(?<comma>[^\s\p{L}]*)(?<space>\s*)(?<word>.*)$/su
