import { expect, test } from 'vitest'
import { ReceivedResponse } from '../../src/outbound/received-response.js'

const CONTENTS: (string | Uint8Array<ArrayBuffer>)[] = [
  '{"a":1}',
  Buffer.from('{"a":"ä"}'),
  Buffer.from('\ufeff{"a":1}'),
  Buffer.from([0x22, 0xff, 0x22]),
  '{',
  '',
]
const init = () => ({ status: 400, headers: new Headers({ 'content-type': 'application/json' }) })

/** What a call returns, or the name of what it throws. */
const resultOf = (call: () => Promise<unknown>) => call().catch((error: Error) => error.name)

test.each(CONTENTS)('%j reads as it would from an ordinary response', async (content) => {
  const both = [new ReceivedResponse(content, init()), new Response(content, init())]
  for (const read of ['text', 'json'] as const) {
    const [received, ordinary] = both.map((response) => response.clone())
    expect(await resultOf(async () => received?.[read]())).toEqual(await resultOf(async () => ordinary?.[read]()))
    expect(received?.status).toBe(ordinary?.status)
    expect([...(received?.headers ?? [])]).toEqual([...(ordinary?.headers ?? [])])
  }
})

test('a response can be read once, and no longer be cloned then', async () => {
  const response = new ReceivedResponse('{}', init())
  expect(Object.prototype.toString.call(response)).toBe('[object Response]') // as oauth4webapi asks, with any Response
  expect(response.bodyUsed).toBe(false)
  await response.json()
  expect(response.bodyUsed).toBe(true)
  await expect(response.text()).rejects.toThrow(TypeError)
  expect(() => response.clone()).toThrow(TypeError)
})
