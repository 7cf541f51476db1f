import type { ConnectionCardFragment } from '../../../generated/documents/graphql.js'
import { texts } from '../texts.js'
import { dateAndTime, fromNow } from '../times.js'
import { Permissions } from './permissions.js'

/** When a connection was made, checked and is renewed, and what it allows. */
export function ConnectionDetails({ connection }: { connection: ConnectionCardFragment }) {
  const { status, connectedAt, lastVerifiedAt, accessTokenExpiresAt, grantedPermissions } = connection
  return (
    <div className="details">
      <ul className="details__facts soft small">
        <li>{texts.connections.connectedAt(dateAndTime(connectedAt))}</li>
        <li>
          {lastVerifiedAt ? texts.connections.verified(fromNow(lastVerifiedAt)) : texts.connections.neverVerified}
        </li>
        {accessTokenExpiresAt && status === 'LIVE' && (
          <li>{texts.connections.renews(dateAndTime(accessTokenExpiresAt))}</li>
        )}
      </ul>
      <div>
        <h3 className="small">{texts.connections.allowed}</h3>
        {grantedPermissions ? (
          <Permissions permissions={grantedPermissions} areGranted={status === 'LIVE'} />
        ) : (
          <p className="soft small">{texts.connections.allowedUnknown}</p>
        )}
      </div>
    </div>
  )
}
