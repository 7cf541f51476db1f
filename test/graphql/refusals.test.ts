import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyFor } from '../support/callers.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay()
})
afterAll(() => patchbay.close())

test('a caller who may not do something learns who may', async () => {
  const { key } = await keyFor(patchbay, 'users:delete')
  const ask = async (authorization: string, query: string) => {
    const response = await fetch(`${patchbay.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${authorization}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    return JSON.stringify(await response.json())
  }
  const start = 'mutation { startSetup(input: { pluginId: "x" }) { ... on Error { message } } }'
  for (const query of ['{ viewer { id } }', start, 'subscription { connectionStatus { revision } }']) {
    const said = await ask(key, query)
    expect(said).toContain('This is for a user, and an API key belongs to none. Send the token of the user for whom')
    expect(said).not.toContain('scope')
  }
  const retire = 'mutation { retirePlugin(input: { plugin: "x" }) { ... on Error { message } } }'
  for (const [query, scope] of [
    ['{ webhooks { id } }', 'webhooks:write'],
    [retire, 'plugins:write'],
  ] as const) {
    expect(await ask(key, query)).toContain(`because it lacks the scope ${scope}. An operator can set the key’s scopes`)
  }
  const ben = await patchbay.tokenFor('ben')
  expect(await ask(ben, retire)).toContain('Operators need a token with the operator role. Back ends need an API key')
  expect(await ask(ben, '{ webhooks { id } }')).toContain(
    'not for users. Send an API key with the scope webhooks:write',
  )
})
