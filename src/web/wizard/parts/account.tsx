import { Fragment } from 'react'
import { accountParts } from './account-label.js'

/** An account's label, with dots between its parts. Where a part begins a line, there is no dot. */
export function Account({ label }: { label: string }) {
  return (
    <span className="account">
      {accountParts(label).map((part, index) => (
        <Fragment key={`${index} ${part}`}>
          {index > 0 && ' '}
          <span className="account__part">
            {index > 0 && <span className="account__dot">· </span>}
            {part}
          </span>
        </Fragment>
      ))}
    </span>
  )
}
