import { expect, test } from 'vitest'
import { allowedReturnTo } from '../../../src/domain/authorization/return-to.js'

const SETTINGS = {
  returnOrigins: new Set(['https://app.example.com', 'http://localhost:5180']),
  nativeReturns: ['com.example.app:/callback', 'http://127.0.0.1/callback'],
}
const refusalOf = (returnTo: string): string => {
  try {
    return allowedReturnTo(returnTo, SETTINGS, 'CONFIRM')
  } catch (error) {
    return (error as Error).message
  }
}

test.each([
  ['http://app.example.com/done', 'https://app.example.com is allowed, and yours differs only in its scheme or port.'],
  ['https://app.example.com:8443/', 'https://app.example.com is allowed, and yours differs only in its port.'],
  ['http://localhost:5181/', 'http://localhost:5180 is allowed, and yours differs only in its port.'],
  ['http://127.0.0.2:5180/', 'http://localhost:5180 is allowed, and yours differs only in its host.'],
  ['https://ap.example.com/', 'https://app.example.com is allowed, and yours differs only in its host.'],
  ['com.example.app:/done', 'com.example.app:/callback is allowed, and yours differs only in its path.'],
  [
    'com.example.app://x/callback',
    'com.example.app:/callback is allowed, and yours differs only in what follows the scheme.',
  ],
  ['http://127.0.0.1:4321/done', 'http://127.0.0.1/callback is allowed, and yours differs only in its port or path.'],
  ['https://canary:canary@app.example.com/', 'Leave out the user and the password.'],
])('the refusal of %s says what is nearly the same', (returnTo, hint) => {
  expect(refusalOf(returnTo)).toMatch(/^returnTo must be an absolute http\(s\) URL .*PATCHBAY_NATIVE_RETURNS\. /)
  expect(refusalOf(returnTo)).toContain(` ${hint}`)
  expect(refusalOf(returnTo)).not.toContain('canary')
})

test.each(['org.else.app:/callback', 'http://else.example/', 'javascript:alert(1)', '/done'])(
  'the refusal of %s names no allowed address',
  (returnTo) => {
    expect(refusalOf(returnTo)).toMatch(/PATCHBAY_NATIVE_RETURNS\.$/)
  },
)
