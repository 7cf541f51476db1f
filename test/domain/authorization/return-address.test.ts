import { expect, test } from 'vitest'
import { returnAddress } from '../../../src/domain/authorization/return-to.js'
import { returned, withoutReturned } from '../../../src/web/client/returned.js'

const HOST = 'https://app.example/apps'
const ended = { authorization: 'A1', status: 'succeeded' }

test.each([
  ['nothing', HOST, `${HOST}?patchbay_authorization=A1&patchbay_status=succeeded&authorization=A1&status=succeeded`],
  [
    'its own status and fragment',
    `${HOST}?status=open&next=%2Fa#tab`,
    `${HOST}?status=open&next=%2Fa&patchbay_authorization=A1&patchbay_status=succeeded&authorization=A1#tab`,
  ],
  [
    'all of the old names',
    `${HOST}?authorization=x&status=&confirmation=y`,
    `${HOST}?authorization=x&status=&confirmation=y&patchbay_authorization=A1&patchbay_status=succeeded`,
  ],
  [
    'a spelling of its own',
    `${HOST}?q=a+b%20c&list[]=1&list[]=2&flag&x=%7E`,
    `${HOST}?q=a+b%20c&list[]=1&list[]=2&flag&x=%7E&patchbay_authorization=A1&patchbay_status=succeeded&authorization=A1&status=succeeded`,
  ],
  [
    'an encoded old name',
    `${HOST}?st%61tus=open`,
    `${HOST}?st%61tus=open&patchbay_authorization=A1&patchbay_status=succeeded&authorization=A1`,
  ],
  [
    'the parameters of an earlier return',
    `${HOST}?patchbay_authorization=A0&tab=1&patchbay_confirmation=c`,
    `${HOST}?tab=1&patchbay_authorization=A1&patchbay_status=succeeded&authorization=A1&status=succeeded`,
  ],
])('a returnTo with %s keeps its own query and fragment', (_name, returnTo, address) => {
  expect(returnAddress(returnTo, ended)).toBe(address)
})

test.each([
  [HOST],
  [`${HOST}?status=open&next=%2Fa#tab`],
  [`${HOST}?authorization=x&status=&confirmation=y`],
  [`${HOST}?q=a+b%20c&list[]=1&list[]=2&flag&x=%7E#/route?status=1`],
])('patchbay/client reads Patchbay’s parameters at %s, and gives the page its own address back', (returnTo) => {
  const href = returnAddress(returnTo, ended)
  const read = { authorizationId: 'A1', status: 'succeeded', confirmation: null, url: returnTo }
  expect(returned({ href })).toEqual(read)
  const asked = returnAddress(returnTo, { authorization: 'A1', confirmation: 'a-code' })
  expect(returned({ href: asked })).toEqual({ ...read, status: null, confirmation: 'a-code' })
})

test('patchbay/client never takes the page’s own parameters for Patchbay’s', () => {
  const own = `${HOST}?authorization=x&status=open`
  expect([returned({ href: own }), withoutReturned(own)]).toEqual([null, own])
})
