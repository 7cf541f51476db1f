import { expect, test } from 'vitest'
import { proxyFor } from '../../src/outbound/proxy-choice.js'

/** Which proxy a URL has: the one for http, the one for https, or none. */
function proxyOf(url: string, ...noProxy: string[]): string | null {
  const { protocol, hostname, port } = new URL(url)
  return proxyFor({ protocol, hostname, port }, { http: 'http', https: 'https', noProxy })
}

test('the scheme of the URL decides which proxy it has', () => {
  expect([proxyOf('https://app.example'), proxyOf('http://app.example')]).toEqual(['https', 'http'])
  const onlyHttp = { http: 'http', https: undefined, noProxy: [] }
  expect(proxyFor({ protocol: 'https:', hostname: 'app.example', port: '' }, onlyHttp)).toBeNull()
})

test.each(['localhost', 'localhost.', 'a.localhost', '127.0.0.1', '127.1.2.3', '[::1]', '[::ffff:127.0.0.1]'])(
  '%s is this machine, and never another one behind a proxy',
  (host) => {
    expect([proxyOf(`https://${host}`), proxyOf(`http://${host}:4010`)]).toEqual([null, null])
  },
)

test.each([
  ['*', 'https://app.example', true],
  ['app.example', 'https://app.example', true],
  ['app.example', 'https://APP.example.', true],
  ['App.Example', 'https://app.example', true],
  ['app.example', 'https://a.app.example', true],
  ['.app.example', 'https://a.app.example', true],
  ['*.app.example', 'https://a.app.example', true],
  ['.app.example', 'https://app.example', true],
  ['app.example', 'https://evilapp.example', false],
  ['app.example', 'https://app.example.evil', false],
  ['bücher.example', 'https://xn--bcher-kva.example', true],
  ['app.example:443', 'https://app.example', true],
  ['app.example:80', 'http://app.example', true],
  ['app.example:8443', 'https://app.example:8443', true],
  ['app.example:8443', 'https://app.example', false],
  ['10.1.2.3', 'https://10.1.2.3', true],
  ['10.1.2.3:8443', 'https://10.1.2.3:8443', true],
  ['10.1.2.3:8443', 'https://10.1.2.3', false],
  ['10.0.0.0/8', 'https://10.1.2.3', true],
  ['10.0.0.0/8', 'https://[::ffff:10.1.2.3]', true],
  ['10.0.0.0/8', 'https://11.1.2.3', false],
  ['10.0.0.0/8', 'https://app.example', false],
  ['fd12::/16', 'https://[fd12::1]', true],
  ['[fd12::1]:8443', 'https://[fd12::1]:8443', true],
  ['fd12::1', 'https://[fd12::1]', true],
  ['fd12::1', 'https://[fd12::2]', false],
])('NO_PROXY=%s leaves out %s: %s', (entry, url, isLeftOut) => {
  const proxy = new URL(url).protocol.slice(0, -1)
  expect(proxyOf(url, 'other.example', entry)).toBe(isLeftOut ? null : proxy)
})
