import type { ReactNode } from 'react'

/** Said to those who hear the page, where those who see it know from the place: which of many equal buttons this is. */
export function Hidden({ children }: { children: ReactNode }) {
  return <span className="visually-hidden">{children}</span>
}
