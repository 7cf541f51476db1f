import { failureOf } from '../text-or-message.js'
import { texts } from '../texts.js'
import { Glyph } from './glyph.js'

interface LoadingProps {
  /** What the placeholders stand for: cards of plugins, rows of a list, or the two columns of a plugin's page. */
  shape: 'cards' | 'rows' | 'columns'
}

const COUNTS = { cards: 4, rows: 4, columns: 2 }

/** Gray placeholders while something loads, where the content will be. Data or LoadFailed replaces them. */
export function Loading({ shape }: LoadingProps) {
  const skeletons = Array.from({ length: COUNTS[shape] }, (_, index) => `skeleton-${index}`)
  return (
    <div className={`loading loading--${shape}`}>
      <p className="visually-hidden">{texts.loading}</p>
      {skeletons.map((key) => (
        <div key={key} className="skeleton" />
      ))}
    </div>
  )
}

interface LoadFailedProps {
  error: Error
  onRetry(): void
}

export function LoadFailed({ error, onRetry }: LoadFailedProps) {
  return (
    <div className="card empty" role="alert">
      <span className="empty__icon">
        <Glyph name="alert" />
      </span>
      <div>
        <h2 className="empty__title">{texts.failed.title}</h2>
        <p>{texts.failed[failureOf(error)]}</p>
      </div>
      <button type="button" className="button" onClick={onRetry}>
        {texts.failed.retry}
      </button>
    </div>
  )
}
