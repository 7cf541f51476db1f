import { texts } from '../texts.js'

/** Gray placeholders while something loads. Data or LoadFailed replaces them. */
export function Loading({ rows = 3 }: { rows?: number }) {
  return (
    <div className="loading">
      <p className="visually-hidden">{texts.loading}</p>
      {Array.from({ length: rows }, (_, row) => `row-${row}`).map((key) => (
        <div key={key} className="skeleton" />
      ))}
    </div>
  )
}

export function LoadFailed({ onRetry }: { onRetry(): void }) {
  return (
    <div className="card empty" role="alert">
      <div>
        <h2>{texts.failed.title}</h2>
        <p>{texts.failed.line}</p>
      </div>
      <button type="button" className="button" onClick={onRetry}>
        {texts.failed.retry}
      </button>
    </div>
  )
}
