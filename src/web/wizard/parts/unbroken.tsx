import { Fragment } from 'react'

interface UnbrokenProps {
  /** The sentence. */
  text: string
  /** Names of apps, plugins or accounts in it. */
  names: readonly string[]
}

/** A sentence whose names break only where they're longer than the line. */
export function Unbroken({ text, names }: UnbrokenProps) {
  // The longest comes first, because it may contain another one.
  const inOrder = names.filter((name) => name !== '').toSorted((one, other) => other.length - one.length)
  if (inOrder.length === 0) return text
  // A name takes along what surrounds it without a space, such as a comma or quotation marks.
  const words = new RegExp(`(\\S*(?:${inOrder.map(escaped).join('|')})\\S*)`, 'u')
  const parts = text.split(words).map((part, index) => {
    const key = `${index} ${part}`
    // Every other part is a match.
    if (index % 2 === 0) return <Fragment key={key}>{part}</Fragment>
    return (
      <span key={key} className="name">
        {part}
      </span>
    )
  })
  // A notice is a grid, and the sentence is one item of it.
  return <span>{parts}</span>
}

function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
