import { createContext, type ReactNode, useCallback, useContext, useState } from 'react'

type Announce = (text: string) => void

const AnnounceContext = createContext<Announce>(() => {})

/** Says something to those who do not see the page. What is said twice is read twice. */
export function useAnnounce(): Announce {
  return useContext(AnnounceContext)
}

/** The page's one live region. Two lines take turns, so that the same text again is news. */
export function Announcer({ children }: { children: ReactNode }) {
  const [{ lines, turn }, say] = useState({ lines: ['', ''], turn: 0 })
  const announce = useCallback<Announce>((text) => {
    say(({ turn }) => ({ lines: turn === 0 ? ['', text] : [text, ''], turn: 1 - turn }))
  }, [])
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="visually-hidden" aria-live="polite" data-turn={turn}>
        <p>{lines[0]}</p>
        <p>{lines[1]}</p>
      </div>
    </AnnounceContext>
  )
}
