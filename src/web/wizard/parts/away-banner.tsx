import { useEffect, useRef, useState } from 'react'
import { type Reach, useReach } from '../reach.js'
import { texts } from '../texts.js'
import { useWizard } from '../wizard-context.js'

/** Shorter outages aren't worth mentioning. */
const SAID_AFTER_MS = 1_500
const BACK_FOR_MS = 4_000

/** Says that the page may be out of date, and later that it's up to date again. */
export function AwayBanner() {
  const { reach } = useWizard()
  const shown = useShown(reach)
  return (
    <div className="away" role="status">
      {shown && <p className={shown === 'back' ? 'away__line away__line--back' : 'away__line'}>{texts.away[shown]}</p>}
    </div>
  )
}

function useShown(reach: Reach): keyof typeof texts.away | null {
  const state = useReach(reach)
  const [shown, show] = useState<keyof typeof texts.away | null>(null)
  const isShown = useRef(false)
  useEffect(() => {
    const away = state === 'away'
    if (!away && !isShown.current) return
    if (!away) show('back')
    const timer = setTimeout(
      () => {
        isShown.current = away
        show(away ? (navigator.onLine ? 'unreachable' : 'offline') : null)
      },
      away ? SAID_AFTER_MS : BACK_FOR_MS,
    )
    return () => clearTimeout(timer)
  }, [state])
  return shown
}
