// The only file that re-exports. It is `patchbay/client`, and defines what others may rely on.
export * from '../../generated/client/graphql.js'
export { type Attempt, isConnected, isOpen } from './attempt.js'
export { type Choice, chooseAccount, readChoices } from './choices.js'
export { type Connecting, type ConnectOptions, type ConnectState, connectApp } from './connect-app.js'
export { type Confirmed, confirmReturned, type Returned, returned } from './returned.js'
export { ApiError, type Observer, type Operation, type Transport } from './transport.js'
export type { TypedError } from './typed-errors.js'
export {
  type Connections,
  type Setup,
  type StateObserver,
  watchAuthorization,
  watchConnections,
  watchSetup,
} from './watch.js'
