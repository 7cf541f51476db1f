// A package entry has to be one file: this is the only one that re-exports.
export { type Attempt, isConnected, isOpen } from './attempt.js'
export { type Confirmed, confirmAuthorization } from './confirm-authorization.js'
export { type Connecting, type ConnectOptions, type ConnectState, connectApp } from './connect-app.js'
export { type Returned, returned } from './returned.js'
export { ApiError, type Observer, type Operation, type Transport } from './transport.js'
export {
  type Connections,
  type Setup,
  type StateObserver,
  watchAuthorization,
  watchConnections,
  watchSetup,
} from './watch.js'
