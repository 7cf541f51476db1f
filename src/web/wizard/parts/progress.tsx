import { texts } from '../texts.js'

export function Progress({ done, required }: { done: number; required: number }) {
  return (
    <div className="progress">
      <progress value={done} max={Math.max(required, 1)} aria-label={texts.setup.progressLabel} />
      <span className="small">{texts.setup.progress(done, required)}</span>
    </div>
  )
}
