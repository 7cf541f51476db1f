import { expect, test } from 'vitest'
import { createBrand } from '../../../src/http/brand/brand.js'
import { createTextsFor } from '../../../src/http/page-language.js'
import { createRenderFor } from '../../../src/http/render-for.js'
import { createPassCookie } from '../../../src/http/staging/pass-cookie.js'
import { createPasses } from '../../../src/http/staging/passes.js'
import { createSignInRoutes } from '../../../src/http/staging/sign-in-routes.js'

const publicUrl = 'https://staging.example'

test.each([
  ['/token', publicUrl],
  ['https://app.example/token', 'https://app.example'],
])('the page may ask the token endpoint %s, and no other', async (tokenUrl, origin) => {
  const routes = createSignInRoutes({
    publicUrl,
    sandboxUrl: 'https://sandbox.example',
    returnOrigins: ['https://app.example'],
    passes: createPasses([Buffer.alloc(32, 1)]),
    cookie: createPassCookie(publicUrl, 'pages'),
    doorkeeper: { admit: async () => null, secretIn: () => undefined },
    host: { tokenUrl, signInUrl: null },
    addressOf: () => '',
    renderFor: createRenderFor(createTextsFor('en'), createBrand({})),
  })
  const response = await routes.request('/staging/sign-in', {}, { incoming: { headers: {} } })
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toContain(`connect-src 'self' ${origin};`)
  expect(policy).toContain(`form-action 'self' https://sandbox.example https://app.example;`)
})

test('over https, the cookie is bound to its host and never sent in the clear', () => {
  const until = new Date(Date.now() + 60_500)
  expect(createPassCookie(publicUrl, 'pages').set('a-pass', until)).toBe(
    '__Host-pb-staging-pages=a-pass; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure',
  )
})
