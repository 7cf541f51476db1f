/**
 * The mutations that create something, or write what someone else may have changed since. With an Idempotency-Key, they
 * take effect once. All others can be repeated without it.
 */
export const KEYED_MUTATIONS = [
  'startSetup',
  'authorizeConnector',
  'createSetupSession',
  'registerWebhook',
  'rotateWebhookSecret',
  'publishPlugin',
  'configureConnector',
  'setConnectorCredentials',
] as const

export type KeyedMutation = (typeof KEYED_MUTATIONS)[number]

/** What is shown only once, and how to get another one. */
export const SHOWN_ONCE: Partial<Record<KeyedMutation, string>> = {
  authorizeConnector:
    'The cookie that ties an authorization to its browser is set only once. Start another authorization with a new key. This one expires by itself.',
  createSetupSession:
    'Its token is shown only once. Create another session with a new key. This one expires by itself.',
  registerWebhook:
    'Its secret is shown only once. Get a new one with rotateWebhookSecret, or remove the webhook and register it again with a new key.',
  rotateWebhookSecret: 'The secret is shown only once. Rotate it again with a new key.',
}

export function isKeyedMutation(name: string): name is KeyedMutation {
  return (KEYED_MUTATIONS as readonly string[]).includes(name)
}
