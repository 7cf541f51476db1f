import { Fragment } from 'react'
import { accountParts } from './account-label.js'

/** An account's label, with dots between its parts. Where a part begins a line, there is no dot. */
export function Account({ label }: { label: string }) {
  const parts = accountParts(label).map((part, index) => {
    const key = `${index} ${part}`
    const isFirst = index === 0
    return (
      <Fragment key={key}>
        {!isFirst && ' '}
        <span className="account__part">
          {!isFirst && <span className="account__dot">· </span>}
          {part}
        </span>
      </Fragment>
    )
  })
  return <span className="account">{parts}</span>
}
