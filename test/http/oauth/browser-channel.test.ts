import { randomUUID } from 'node:crypto'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { browserOf } from '../../../src/http/oauth/browser-channel.js'

/** The cookies that the response sets, as `name=value; Max-Age=…`, if a browser sends these and gets one more. */
function cookiesSet(sent: readonly string[]): string[] {
  const request = new IncomingMessage(new Socket())
  request.headers.cookie = sent.map((name) => `${name}=secret`).join('; ')
  const response = new ServerResponse(request)
  browserOf(request, response, 'https://patchbay.example').setCookie('one-more', 'new', 600)
  return [response.getHeader('set-cookie') ?? []].flat().map((cookie) => {
    const [pair, ...attributes] = String(cookie).split('; ')
    return `${pair}; ${attributes.find((attribute) => attribute.startsWith('Max-Age'))}`
  })
}

const bindings = (count: number, prefix = '__Host-pb-') => Array.from({ length: count }, () => prefix + randomUUID())

test('a browser with a few open authorizations keeps all of their cookies', () => {
  expect(cookiesSet(bindings(39))).toEqual(['one-more=new; Max-Age=600'])
})

test('a browser with too many cookies for the headers loses Patchbay’s oldest ones, and none of the host’s', () => {
  const [oldest, second, ...others] = [...bindings(1, 'pb-'), ...bindings(40)]
  const sent = ['session', oldest ?? '', `pb-${'-'.repeat(36)}`, second ?? '', 'pb-theme', ...others]
  expect(cookiesSet(sent)).toEqual([`${oldest}=; Max-Age=0`, `${second}=; Max-Age=0`, 'one-more=new; Max-Age=600'])
})
