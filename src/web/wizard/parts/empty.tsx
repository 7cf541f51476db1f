import type { ReactNode } from 'react'
import { Glyph, type GlyphName } from './glyph.js'

interface EmptyProps {
  glyph: GlyphName
  title: string
  /** What the person can do about it. */
  line?: string
  /** Whether it's in a card already. */
  isWithin?: boolean
  children?: ReactNode
}

/** What a list shows while there is nothing in it. */
export function Empty({ glyph, title, line, isWithin = false, children }: EmptyProps) {
  return (
    <div className={isWithin ? 'empty empty--within' : 'card empty'}>
      <span className="empty__icon">
        <Glyph name={glyph} />
      </span>
      <div>
        <p className="empty__title">{title}</p>
        {line && <p>{line}</p>}
      </div>
      {children}
    </div>
  )
}
