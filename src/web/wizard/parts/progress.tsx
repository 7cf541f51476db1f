import { texts } from '../texts.js'
import { useFresh } from '../use-fresh.js'

interface Counts {
  required: number
  connected: number
  done: number
}

/** How many of a setup's apps are ready. The words also count those that are connected and lack permissions. */
export function Progress({ counts }: { counts: Counts }) {
  const { required, connected, done } = counts
  const isFresh = useFresh(done > 0)
  return (
    <div className={isFresh ? 'progress progress--fresh' : 'progress'}>
      <progress value={done} max={Math.max(required, 1)} aria-label={texts.setup.progressLabel} />
      <span className="small" key={`${connected} ${done}`}>
        {progressText(counts)}
      </span>
    </div>
  )
}

/** How many of the required apps are connected, and how many of those lack permissions. */
export function progressText({ required, connected, done }: Counts): string {
  return texts.setup.progress(connected, required, connected - done)
}
