import { expect, test } from 'vitest'
import { readConfig } from '../../src/config/environment.js'

const proxiesOf = (env: Record<string, string>) => readConfig(env).proxies

test('the variables count in lower case and capitals, and lower case first', () => {
  expect(proxiesOf({ NO_PROXY: 'a.example' })).toBeUndefined()
  const capitals = {
    HTTP_PROXY: 'http://one:1',
    HTTPS_PROXY: 'https://user:pass@two:2/',
    NO_PROXY: 'a.example, .b,10.0.0.0/8',
  }
  expect(proxiesOf(capitals)).toEqual({
    http: 'http://one:1',
    https: 'https://user:pass@two:2/',
    noProxy: ['a.example', '.b', '10.0.0.0/8'],
  })
  const small = { http_proxy: 'http://three:3', https_proxy: 'http://four:4', no_proxy: '*' }
  expect(proxiesOf({ ...capitals, ...small })).toEqual({
    http: 'http://three:3',
    https: 'http://four:4',
    noProxy: ['*'],
  })
  expect(proxiesOf({ ...capitals, http_proxy: '', https_proxy: ' ', no_proxy: '' })).toEqual(proxiesOf(capitals))
})

test.each(['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'])(
  '%s that can’t be used is refused, and its password isn’t shown',
  (name) => {
    const urls = ['proxy.example:3128', '//proxy', 'socks5://u:canary@proxy:1080', 'http://u:can%ary@proxy', 'http://']
    for (const url of [...urls, 'http://u:canary@proxy/path', 'http://proxy:99999', 'http://u:canary@proxy?x']) {
      const read = () => proxiesOf({ [name]: url })
      expect(read, url).toThrow(`✖ ${name} must look like http://user:password@proxy.example.com:3128`)
      expect(read, url).not.toThrow(/canary|can%ary/)
    }
  },
)

test('entries of NO_PROXY that mean nothing are refused by name', () => {
  const good = [
    '*',
    'a.example',
    '.a.example',
    '*.a.example',
    'a.example:8443',
    '10.1.2.3',
    '10.1.2.3:80',
    '10.0.0.0/8',
  ]
  const v6 = ['fd12::/16', '::1', '[::1]', '[::1]:8080', 'localhost', 'my_host']
  const HTTPS_PROXY = 'http://proxy:3128'
  expect(proxiesOf({ HTTPS_PROXY, NO_PROXY: [...good, ...v6].join(' ') })?.noProxy).toEqual([...good, ...v6])
  for (const bad of ['http://a.example', 'a.*.example', '10.0.0.0/8:80', '192.168.', '10.0.0.0/40', 'a/b']) {
    expect(() => proxiesOf({ NO_PROXY: `a.example,${bad}` }), bad).toThrow(`✖ NO_PROXY: “${bad}” must be a host name`)
    expect(() => proxiesOf({ no_proxy: bad }), bad).toThrow(`✖ no_proxy: “${bad}” must be a host name`)
  }
})

test('HTTP_PROXY alone is accepted with a warning, because nearly all requests use https', () => {
  expect(readConfig({ HTTP_PROXY: 'http://proxy:3128' }).warnings).toEqual([
    expect.stringMatching(/^HTTP_PROXY is set, but HTTPS_PROXY isn’t/),
  ])
  expect(readConfig({ HTTP_PROXY: 'http://proxy:3128', HTTPS_PROXY: 'http://proxy:3128' }).warnings).toEqual([])
})
