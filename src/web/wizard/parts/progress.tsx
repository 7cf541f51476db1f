import { texts } from '../texts.js'
import { useFresh } from '../use-fresh.js'

/** How many of the required apps are connected. */
export function Progress({ done, required }: { done: number; required: number }) {
  const isFresh = useFresh(done > 0)
  return (
    <div className={isFresh ? 'progress progress--fresh' : 'progress'}>
      <progress value={done} max={Math.max(required, 1)} aria-label={texts.setup.progressLabel} />
      <span className="small" key={done}>
        {texts.setup.progress(done, required)}
      </span>
    </div>
  )
}
