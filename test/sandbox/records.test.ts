import { afterEach, expect, test, vi } from 'vitest'
import { Records, type StoredRecord } from '../../src/sandbox/records.js'

afterEach(() => {
  vi.useRealTimers()
})

function tokens(count: number, expiresAt: number | null = null): StoredRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const common = { accountId: `bench-${index % 10}`, iat: 1_700_000_000 }
    const grantId = `grant-${index}`
    return [
      { model: 'Grant', id: grantId, payload: { ...common, openid: { scope: 'openid mail.read' } }, expiresAt },
      { model: 'AccessToken', id: `access-${index}`, payload: { ...common, grantId }, expiresAt },
      { model: 'RefreshToken', id: `refresh-${index}`, payload: { ...common, grantId }, expiresAt },
    ]
  }).flat()
}

const silent = () => {}

test('records are found by model and id, and by uid, and end with their grant', async () => {
  const records = new Records(tokens(3), silent)
  const sessions = records.adapter('Session')
  await sessions.upsert('session', { uid: 'first' }, 60)
  await sessions.upsert('session', { uid: 'second' }, 60)
  expect(await sessions.findByUid('first')).toBeUndefined()
  expect(await sessions.findByUid('second')).toEqual({ uid: 'second' })
  expect(await records.adapter('AccessToken').find('refresh-1')).toBeUndefined()
  await records.adapter('AccessToken').revokeByGrantId('grant-1')
  expect(records.get('AccessToken', 'access-1')).toBeUndefined()
  expect(records.get('RefreshToken', 'refresh-1')).toBeDefined()
  await sessions.upsert('renewed', { uid: 'second' }, 60)
  await sessions.destroy('session') // a session that gets another id keeps its uid
  expect(await sessions.findByUid('second')).toEqual({ uid: 'second' })
  await sessions.destroy('renewed')
  expect(await sessions.findByUid('second')).toBeUndefined()
})

test('an action applies to one grant, to those of an account, or to all', () => {
  const records = new Records(tokens(20), silent)
  const seen = () => {
    const grants = records.grants()
    const count = (of: 'accessTokens' | 'refreshTokens') => grants.reduce((sum, grant) => sum + grant[of], 0)
    return [grants.length, count('accessTokens'), count('refreshTokens')]
  }
  records.expireAccessTokens({ grant: 'grant-7' })
  expect(seen()).toEqual([20, 19, 20])
  records.breakRefresh({ account: 'bench-3' })
  expect(seen()).toEqual([20, 19, 18])
  records.revoke({ grant: 'grant-3', account: 'bench-4' })
  expect(seen()).toEqual([20, 19, 18])
  records.revoke({ account: 'bench-7' })
  expect(seen()).toEqual([18, 18, 16])
  records.expireAccessTokens()
  expect(seen()).toEqual([18, 0, 16])
  records.revoke()
  expect(seen()).toEqual([0, 0, 0])
  expect(records.snapshot()).toEqual([])
})

test('no lookup finds an expired record, and a saved grant says when its tokens expire', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const soon = Date.now() + 1000
  const records = new Records([...tokens(2, soon), ...tokens(3).slice(-3)], silent)
  await records.adapter('Session').upsert('session', { uid: 'uid' }, 1)
  expect(records.grants()[0]?.accessTokensUntil).toBe(new Date(soon).toISOString())
  vi.setSystemTime(soon)
  expect(records.get('AccessToken', 'access-0')).toBeUndefined()
  expect(await records.adapter('Session').findByUid('uid')).toBeUndefined()
  expect(records.consume('RefreshToken', 'refresh-0')).toBe(false)
  expect(records.hasGrant({ grant: 'grant-1' })).toBe(false)
  expect(records.grants().map((grant) => grant.id)).toEqual(['grant-2'])
  expect(records.grants()[0]?.accessTokensUntil).toBeNull()
  expect(records.snapshot()).toHaveLength(3)
})

test('only one call consumes a token, even after a restart', () => {
  const records = new Records(tokens(1), silent)
  expect(records.consume('RefreshToken', 'refresh-0')).toBe(true)
  expect(records.consume('RefreshToken', 'refresh-0')).toBe(false)
  expect(records.grants()[0]).toMatchObject({ refreshTokens: 0, accessTokens: 1 })
  const restarted = new Records(JSON.parse(JSON.stringify(records.snapshot())), silent)
  expect(restarted.consume('RefreshToken', 'refresh-0')).toBe(false)
})

test('tokens that expire unseen do not pile up', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const records = new Records([], silent)
  const adapter = records.adapter('AccessToken')
  for (let round = 0; round < 20; round++) {
    for (let index = 0; index < 500; index++) await adapter.upsert(`${round}-${index}`, { grantId: 'grant' }, 1)
    vi.setSystemTime(Date.now() + 2000)
  }
  expect(records.size).toBeLessThan(2000)
})

test('with ten thousand grants, finding, consuming and ending a token is as fast as with a few', async () => {
  const records = new Records(tokens(10_000), silent)
  const [access, refresh] = [records.adapter('AccessToken'), records.adapter('RefreshToken')]
  const start = performance.now()
  for (let index = 0; index < 10_000; index++) {
    await refresh.find(`refresh-${index}`)
    await refresh.consume(`refresh-${index}`)
    await refresh.upsert(`next-${index}`, { grantId: `grant-${index}` }, 60)
    await access.revokeByGrantId(`grant-${index}`)
  }
  // Scanning all records for each of these would take minutes.
  expect(performance.now() - start).toBeLessThan(5000)
  expect(records.grants()).toHaveLength(10_000)
})
