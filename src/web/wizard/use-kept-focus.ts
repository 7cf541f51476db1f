import { type RefObject, useLayoutEffect, useRef } from 'react'

/**
 * Keeps the focus within an element when what had it goes away: it moves to what takes its place, marked with
 * `data-keep-focus`, so that nobody who uses a keyboard or a reader is thrown back to the top of the page.
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
      // When the focused control is removed, no element takes the focus and the control is gone by then.
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
