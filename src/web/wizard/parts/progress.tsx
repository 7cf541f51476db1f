import type { CSSProperties } from 'react'
import { texts } from '../texts.js'
import { useFresh } from '../use-fresh.js'

interface Counts {
  required: number
  connected: number
  done: number
}

/** How many of a setup's apps are ready. Those that are connected and lack permissions are pale, and the words count them. */
export function Progress({ counts, hasOptional }: { counts: Counts; hasOptional: boolean }) {
  const { required, connected, done } = counts
  const isFresh = useFresh(done > 0)
  const max = Math.max(required, 1)
  return (
    <div className={isFresh ? 'progress progress--fresh' : 'progress'}>
      <progress
        value={done}
        max={max}
        aria-label={texts.setup.progressLabel}
        style={{ '--connected': `${(connected / max) * 100}%` } as CSSProperties}
      />
      <span className="small" key={`${connected} ${done}`}>
        {progressText(counts, hasOptional)}
      </span>
    </div>
  )
}

/** How many of the required apps are connected, and how many of those lack permissions. */
export function progressText({ required, connected, done }: Counts, hasOptional: boolean): string {
  return texts.setup.progress(connected, required, connected - done, hasOptional)
}
