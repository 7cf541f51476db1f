import { type RefObject, useLayoutEffect, useRef } from 'react'

const marked = (within: HTMLElement) => within.querySelector<HTMLElement>('[data-keep-focus]')

/**
 * Keeps the focus within an element when the focused control disappears, so that people who use a keyboard or a screen
 * reader aren't sent back to the top of the page.
 * @param target returns where the focus moves to. By default, that's the element with `data-keep-focus`
 */
export function useKeptFocus<E extends HTMLElement>(
  target: (within: E) => HTMLElement | null = marked,
): RefObject<E | null> {
  const element = useRef<E>(null)
  const hadFocus = useRef(false)
  useLayoutEffect(() => {
    const { current } = element
    if (!current) return
    const note = () => {
      hadFocus.current = true
    }
    const forget = (event: FocusEvent) => {
      // If the focused control is removed, no other element takes the focus, and the event has no relatedTarget.
      if (event.relatedTarget && !current.contains(event.relatedTarget as Node)) hadFocus.current = false
    }
    current.addEventListener('focusin', note)
    current.addEventListener('focusout', forget)
    return () => {
      current.removeEventListener('focusin', note)
      current.removeEventListener('focusout', forget)
    }
  }, [])
  useLayoutEffect(() => {
    const { current } = element
    if (!current || !hadFocus.current || document.activeElement !== document.body) return
    target(current)?.focus()
  })
  return element
}
