import { type RefObject, useLayoutEffect, useRef } from 'react'

/**
 * Keeps the focus within an element when the focused control disappears. The focus moves to the element with
 * `data-keep-focus`, so that people who use a keyboard or a screen reader aren't sent back to the top of the page.
 */
export function useKeptFocus<E extends HTMLElement>(): RefObject<E | null> {
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
    current.querySelector<HTMLElement>('[data-keep-focus]')?.focus()
  })
  return element
}
