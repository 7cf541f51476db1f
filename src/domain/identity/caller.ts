import type { ApiKeyCaller } from './api-key-caller.js'
import type { Viewer } from './viewer.js'

/** Who calls: a user, by the host's token or in a setup session, or a program by its API key. */
export type Caller = { kind: 'user'; viewer: Viewer } | { kind: 'api-key'; key: ApiKeyCaller }
