import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react'

type Announce = (text: string) => void

/** Long enough to be read. Afterward, the text would only confuse those who read the page line by line. */
const CLEARED_AFTER_MS = 10_000

const AnnounceContext = createContext<Announce>(() => {})

/** Returns a function that announces a text to screen readers. They read the same text again if it's announced again. */
export function useAnnounce(): Announce {
  return useContext(AnnounceContext)
}

/** The page's only live region. Two lines take turns, so that screen readers notice the same text again. */
export function Announcer({ children }: { children: ReactNode }) {
  const [{ lines, turn }, say] = useState({ lines: ['', ''], turn: 0 })
  const announce = useCallback<Announce>((text) => {
    say(({ turn }) => ({ lines: turn === 0 ? ['', text] : [text, ''], turn: 1 - turn }))
  }, [])
  useEffect(() => {
    const timer = setTimeout(say, CLEARED_AFTER_MS, { lines: ['', ''], turn })
    return () => clearTimeout(timer)
  }, [turn])
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
