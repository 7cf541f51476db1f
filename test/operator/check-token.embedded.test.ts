import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config/environment.js'
import { createVerifyToken } from '../../src/http/authentication/host-tokens.js'
import { TOKEN_COMMANDS } from '../../src/operator/check-token.js'
import type { CommandContext } from '../../src/operator/command.js'
import { parseCommand } from '../../src/operator/parse-command.js'

const SECRET = 'the host and Patchbay share this secret'
const SETTINGS = {
  PATCHBAY_JWT_SECRET: SECRET,
  PATCHBAY_JWT_ISSUER: 'https://host.example',
  PATCHBAY_JWT_AUDIENCE: 'patchbay',
}
const claims = { iss: 'https://host.example', aud: 'patchbay', sub: 'ada', org: 'acme', name: 'Ada' }

const signed = (payload: object, secret = SECRET) =>
  new SignJWT({ exp: 4_102_444_800, ...payload })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret))

async function check(token: string, settings: Record<string, string> = SETTINGS, ...options: string[]) {
  const { command, args, options: given } = parseCommand(TOKEN_COMMANDS, ['check-token', ...options])
  const verifyToken = createVerifyToken(readConfig(settings).tokens, undefined)
  const deps = { readSecret: async () => token, verifyToken } as unknown as CommandContext['deps']
  return command.run({ deps, keyIds: [], say: () => expect.unreachable() }, args, given)
}

test('says who a token names', async () => {
  const token = await signed({ ...claims, roles: ['patchbay:operator'] })
  const { text, incomplete } = await check(`Bearer ${token}\n`)
  expect(incomplete).toBeUndefined()
  expect(text.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['Patchbay accepts this token.'],
    ['userId', expect.stringMatching(/^[0-9a-f-]{36}$/)],
    ['issuer', 'https://host.example'],
    ['subject', 'ada'],
    ['organization', 'acme'],
    ['name', 'Ada'],
    ['operator', 'true'],
    ['expiresAt', '2100-01-01T00:00:00.000Z'],
  ])
})

test.each<[string, () => Promise<string>, RegExp]>([
  [
    'another audience',
    () => signed({ ...claims, aud: ['a', 'b'] }),
    /^Patchbay refuses this token \(claim\): .* aud claim [\s\S]*aud +a, b/,
  ],
  [
    'no organization',
    () => signed({ ...claims, org: undefined }),
    /\(claim\): The token has no org claim\.[\s\S]*claims .*sub/,
  ],
  ['another secret', () => signed(claims, SECRET.toUpperCase()), /\(signature\)[\s\S]*alg +HS256/],
  ['something else', async () => 'nonsense', /^Patchbay refuses this token \(malformed\): The token is invalid\.\n$/],
])('says why one with %s is refused, and never prints it', async (_name, forge, said) => {
  const token = await forge()
  const { text, json, incomplete } = await check(token, SETTINGS, '--json')
  expect(incomplete).toBe(true)
  expect(text).toMatch(said)
  expect(`${text}${JSON.stringify(json)}`).not.toContain(token.split('.').at(-1))
})

test('says if the host’s keys can’t be read', async () => {
  const { PATCHBAY_JWT_SECRET, ...others } = SETTINGS
  const token = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.AAAA`
  const { text, incomplete } = await check(token, { ...others, PATCHBAY_JWKS_URL: 'http://127.0.0.1:1/jwks' })
  expect(incomplete).toBe(true)
  expect(text).toContain('PATCHBAY_JWKS_URL can’t be read')
})
