import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config/environment.js'
import { createHostTokens } from '../../src/http/authentication/host-tokens.js'
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
  const verifyToken = createHostTokens({ tokens: readConfig(settings).tokens, developmentSecret: undefined }).verify
  const { tokens } = readConfig(settings)
  const deps = { readSecret: async () => token, verifyToken, tokens } as unknown as CommandContext['deps']
  return command.run({ deps, keyIds: [], say: () => expect.unreachable() }, args, given)
}

test('says who a token names', async () => {
  const token = await signed({ ...claims, iat: 4_102_441_200, roles: ['patchbay:operator'] })
  const { text, incomplete } = await check(`Bearer ${token}\n`)
  expect(incomplete).toBeUndefined()
  expect(text.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['Patchbay accepts this token.'],
    ['userId', expect.stringMatching(/^[0-9a-f-]{36}$/)],
    ['organization', 'acme'],
    ['name', 'Ada'],
    ['operator', 'true'],
    ['alg', 'HS256'],
    ['iss', 'https://host.example'],
    ['aud', 'patchbay'],
    ['sub', 'ada'],
    ['exp', '2100-01-01T00:00:00.000Z'],
    ['iat', '2099-12-31T23:00:00.000Z'],
    ['claims', expect.stringContaining('roles')],
  ])
})

test.each<[string, () => Promise<string>, RegExp]>([
  [
    'another audience',
    () => signed({ ...claims, aud: ['a', 'b'] }),
    /^Patchbay refuses this token \(claim\): .* aud claim .*\nThe token’s aud is a, b, and PATCHBAY_JWT_AUDIENCE expects patchbay\.\n/,
  ],
  [
    'another issuer and audience, whatever else is wrong',
    () => signed({ ...claims, iss: 'https://else.example', aud: undefined }, SECRET.toUpperCase()),
    /^Patchbay refuses this token \(signature\): .*\nThe token’s iss is https:\/\/else\.example, and PATCHBAY_JWT_ISSUER expects https:\/\/host\.example\.\nThe token has no aud, and PATCHBAY_JWT_AUDIENCE expects patchbay\.\n/,
  ],
  [
    'no organization',
    () => signed({ ...claims, org: undefined }),
    /\(claim\): The token has no org claim\.[\s\S]*claims .*sub/,
  ],
  ['another secret', () => signed(claims, SECRET.toUpperCase()), /\(signature\)[\s\S]*alg +HS256/],
  [
    'a date of the past',
    () => signed({ ...claims, exp: 946_684_800 }),
    /\(expired\): The token has expired\.[\s\S]*exp +2000-01-01T00:00:00\.000Z/,
  ],
  [
    'another form',
    async () => 'nonsense',
    /^Patchbay refuses this token \(malformed\): This isn’t a token, or only a part/,
  ],
  [
    'parts that say nothing',
    async () => 'header.payload.signature-of-nothing',
    /^Patchbay refuses this token \(malformed\): The token is invalid\. Get a new one from your application\.$/,
  ],
  ['the form of an API key', async () => 'pbk_wrong_secret', /\(api-key\): This is an API key, not a user’s token\./],
  [
    'the form of a setup session',
    async () => 'pbs_wrong',
    /\(setup-session\): This is a setup session, not a user’s token\./,
  ],
])('says why one with %s is refused, and never prints it', async (_name, forge, said) => {
  const token = await forge()
  const { text, json, incomplete } = await check(token, SETTINGS, '--json')
  expect(incomplete).toBe(true)
  expect(text).toMatch(said)
  expect(`${text}${JSON.stringify(json)}`).not.toContain(token.split('.').at(-1))
})

test.each(['', '\n', 'Bearer \n'])('says that there is no token if standard input has %j', async (given) => {
  const { text, json, incomplete } = await check(given)
  expect(incomplete).toBe(true)
  expect(text).toMatch(/^No token was given\. Send it to standard input: echo/)
  expect(json).toMatchObject({ accepted: false, reason: 'missing' })
})

test('says if the host’s keys can’t be read', async () => {
  const { PATCHBAY_JWT_SECRET, ...others } = SETTINGS
  const token = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.AAAA`
  const { text, incomplete } = await check(token, { ...others, PATCHBAY_JWKS_URL: 'http://127.0.0.1:1/jwks' })
  expect(incomplete).toBe(true)
  expect(text).toContain('PATCHBAY_JWKS_URL can’t be read')
})

test('says if the issuer is only a former one, and what is expected, also for programs', async () => {
  const settings = {
    ...SETTINGS,
    PATCHBAY_JWT_ISSUER: 'https://new.example,https://second.example',
    PATCHBAY_JWT_FORMER_ISSUERS: 'https://host.example',
  }
  const { text, json } = await check(await signed(claims), settings, '--json')
  expect(text).toContain(
    'The token’s iss is https://host.example, and PATCHBAY_JWT_ISSUER expects https://new.example or https://second.example. PATCHBAY_JWT_FORMER_ISSUERS has it, but former issuers only keep users’ ids: their tokens aren’t accepted.',
  )
  expect(json).toMatchObject({
    accepted: false,
    expected: [
      {
        claim: 'iss',
        expected: ['https://new.example', 'https://second.example'],
        actual: 'https://host.example',
        former: true,
      },
    ],
  })
})
