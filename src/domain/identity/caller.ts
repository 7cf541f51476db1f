import type { ApiKeyCaller } from './api-key-caller.js'
import type { Viewer } from './viewer.js'

/** Who calls: a user with the host's token or a setup session, or a program with its API key. */
export type Caller = { kind: 'user'; viewer: Viewer } | { kind: 'api-key'; key: ApiKeyCaller }

/** Identifies a caller among all users and API keys. A user's setup sessions are the user. */
export function callerId(caller: Caller): string {
  return caller.kind === 'user' ? caller.viewer.userId : caller.key.id
}
