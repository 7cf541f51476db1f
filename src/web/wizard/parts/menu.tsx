import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { Glyph, type GlyphName } from './glyph.js'

export interface MenuItem {
  label: string
  glyph: GlyphName
  isDangerous?: boolean
  /** Called in the click itself, so it may open a window. */
  onChoose(): void
}

interface MenuProps {
  /** What the button is called, because it shows only three dots. */
  label: string
  items: readonly MenuItem[]
}

/**
 * A button with a menu, as described by the ARIA Authoring Practices: Enter, Space and the arrow keys open it, the arrow
 * keys, Home, End and letters move in it, and Escape closes it. Closing returns the focus to the button.
 */
export function Menu({ label, items }: MenuProps) {
  const menuId = useId()
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const [openAt, setOpenAt] = useState<'first' | 'last' | null>(null)
  const choices = () => [...(root.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
  const close = () => {
    button.current?.focus()
    setOpenAt(null)
  }

  useEffect(() => {
    if (!openAt) return
    const all = [...(root.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
    all.at(openAt === 'first' ? 0 : -1)?.focus()
    const leave = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpenAt(null)
    }
    const events = ['pointerdown', 'focusin']
    for (const type of events) document.addEventListener(type, leave)
    return () => {
      for (const type of events) document.removeEventListener(type, leave)
    }
  }, [openAt])

  function onButtonKey(event: KeyboardEvent) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    setOpenAt(event.key === 'ArrowDown' ? 'first' : 'last')
  }

  function onMenuKey(event: KeyboardEvent) {
    if (event.key === 'Tab') return close() // the browser moves on from the button
    if (event.key === 'Escape') {
      event.stopPropagation()
      return close()
    }
    const all = choices()
    const next = moved(all, event.key)
    if (!next) return
    event.preventDefault()
    next.focus()
  }

  return (
    <div className="menu" ref={root}>
      <button
        ref={button}
        type="button"
        className="button button--quiet button--icon"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={openAt !== null}
        aria-controls={openAt ? menuId : undefined}
        onClick={() => setOpenAt(openAt ? null : 'first')}
        onKeyDown={onButtonKey}
      >
        <Glyph name="more" />
      </button>
      {openAt && (
        <div id={menuId} className="menu__items" role="menu" aria-label={label} tabIndex={-1} onKeyDown={onMenuKey}>
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className={item.isDangerous ? 'menu__item menu__item--danger' : 'menu__item'}
              onClick={() => {
                close()
                item.onChoose()
              }}
            >
              <Glyph name={item.glyph} />
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

/** Returns the item that the key moves to, or undefined if it moves to none. */
function moved(items: readonly HTMLElement[], key: string): HTMLElement | undefined {
  const at = items.indexOf(document.activeElement as HTMLElement)
  switch (key) {
    case 'ArrowDown':
      return items[(at + 1) % items.length]
    case 'ArrowUp':
      return items.at(at <= 0 ? -1 : at - 1)
    case 'Home':
      return items[0]
    case 'End':
      return items.at(-1)
    default: {
      const rest = [...items.slice(at + 1), ...items.slice(0, at + 1)]
      return rest.find((item) => item.textContent?.toLowerCase().startsWith(key.toLowerCase()))
    }
  }
}
