import type { ReactNode } from 'react'

/** Text for screen readers only, such as which of several identical buttons this is. */
export function Hidden({ children }: { children: ReactNode }) {
  return <span className="visually-hidden">{children}</span>
}
