/** What an API key can allow. */
export const API_KEY_SCOPES = [
  'tokens:issue',
  'sessions:create',
  'users:delete',
  'plugins:write',
  'connectors:write',
  'webhooks:write',
] as const
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number]

/** A host's back end or a skill runtime, by its API key. */
export interface ApiKeyCaller {
  id: string
  name: string
  scopes: ReadonlySet<ApiKeyScope>
}
