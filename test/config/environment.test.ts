import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigurationError } from '../../src/config/configuration-error.js'
import { developmentSecrets } from '../../src/config/development-secrets.js'
import { readConfig } from '../../src/config/environment.js'

const production = {
  PATCHBAY_ENV: 'production',
  PATCHBAY_HOST: '0.0.0.0',
  PATCHBAY_PUBLIC_URL: 'https://connect.example.com',
  PATCHBAY_KEYS: randomBytes(32).toString('base64'),
  PATCHBAY_JWKS_URL: 'https://host.example.com/jwks.json',
  PATCHBAY_JWT_ISSUER: 'https://host.example.com',
  PATCHBAY_JWT_AUDIENCE: 'patchbay',
}

test('without any variables, Patchbay runs in development on loopback', () => {
  expect(readConfig({})).toMatchObject({ development: true, host: '127.0.0.1', port: 4000, dataFolder: '.data' })
})

test('a complete production environment is accepted', () => {
  expect(readConfig(production)).toMatchObject({ development: false, publicUrl: 'https://connect.example.com' })
})

test('every bad variable is named at once, and no value is shown', () => {
  const secret = 'not-a-secret'
  const read = () =>
    readConfig({
      PATCHBAY_PORT: '99999',
      PATCHBAY_JWT_SECRET: secret,
      PATCHBAY_PUBLIC_URL: 'http://x/path',
      PATCHBAY_LOG_LEVEL: 'loud',
    })
  expect(read).toThrow(ConfigurationError)
  expect(read).toThrow(/PATCHBAY_PORT[\s\S]*/)
  for (const name of ['PATCHBAY_PORT', 'PATCHBAY_JWT_SECRET', 'PATCHBAY_PUBLIC_URL', 'PATCHBAY_LOG_LEVEL'])
    expect(read).toThrow(name)
  expect(read).not.toThrow(secret)
})

test('an unknown variable is refused, because it may be a typo', () => {
  expect(() => readConfig({ PATCHBAY_PROT: '4000' })).toThrow(/PATCHBAY_PROT/)
})

test.each([
  ['PATCHBAY_HOST', { PATCHBAY_HOST: '0.0.0.0' }],
  ['PATCHBAY_PUBLIC_URL', { PATCHBAY_PUBLIC_URL: 'https://connect.example.com' }],
])('the development issuer is refused if %s is not loopback', (_name, env) => {
  expect(() => readConfig({ PATCHBAY_ENV: 'development', ...env })).toThrow(/must be loopback/)
  expect(() => readConfig(env)).toThrow(/PATCHBAY_KEYS/)
})

test('production names every variable that is missing', () => {
  const read = () => readConfig({ PATCHBAY_ENV: 'production' })
  for (const name of [
    'PATCHBAY_PUBLIC_URL',
    'PATCHBAY_KEYS',
    'PATCHBAY_JWKS_URL',
    'PATCHBAY_JWT_ISSUER',
    'PATCHBAY_JWT_AUDIENCE',
  ])
    expect(read).toThrow(name)
})

test.each([
  ['https://connect.example.com', true],
  ['http://localhost:4000', true],
  ['http://127.0.0.1:4000', true],
  ['http://connect.example.com', false],
  ['http://10.0.0.1:4000', false],
])('production at %s: %s', (publicUrl, accepted) => {
  const read = () => readConfig({ ...production, PATCHBAY_PUBLIC_URL: publicUrl })
  if (accepted) expect(read().publicUrl).toBe(publicUrl)
  else expect(read).toThrow(/PATCHBAY_PUBLIC_URL must be https/)
})

test('production serves metrics only on a port that is named', () => {
  const metricsAt = (env: object) => readConfig({ ...production, PATCHBAY_PORT: '4000', ...env }).metrics
  expect(metricsAt({})).toBeUndefined()
  expect(metricsAt({ PATCHBAY_METRICS_PORT: '9464' })).toEqual({ port: 9464 })
  expect(metricsAt({ PATCHBAY_METRICS_PORT: '4000' })).toBe('with-api')
  expect(readConfig({}).metrics).toBe('with-api')
})

test.each([
  'https://app.example/patchbay-token',
  'http://localhost:5000/token',
  'http://127.0.0.1:5000/token?for=patchbay',
  '/patchbay-token',
])('the wizard may request tokens at %s', (address) => {
  const config = readConfig({ ...production, PATCHBAY_WIZARD_TOKEN_URL: address })
  expect(config.wizard).toEqual({ tokenUrl: address, signInUrl: null })
})

test.each([
  'http://app.example/token',
  'https://ada:secret@app.example/token',
  '//app.example/token',
  '/\\app.example/token',
  'javascript:alert(1)',
  'patchbay-token',
])('the wizard may neither request tokens nor sign in at %s', (address) => {
  for (const name of ['PATCHBAY_WIZARD_TOKEN_URL', 'PATCHBAY_WIZARD_SIGN_IN_URL'])
    expect(() => readConfig({ ...production, PATCHBAY_WIZARD_TOKEN_URL: '/token', [name]: address })).toThrow(name)
})

test('production serves no wizard without a token URL, and refuses a sign-in URL on its own', () => {
  expect(readConfig(production).wizard).toBeUndefined()
  const signInUrl = 'https://app.example/sign-in'
  const given = { ...production, PATCHBAY_WIZARD_SIGN_IN_URL: signInUrl }
  expect(() => readConfig(given)).toThrow('only works together with PATCHBAY_WIZARD_TOKEN_URL')
  const tokenUrl = 'https://app.example/token'
  expect(readConfig({ ...given, PATCHBAY_WIZARD_TOKEN_URL: tokenUrl }).wizard).toEqual({ tokenUrl, signInUrl })
})

test.each([
  ['https://app.example.com', true],
  ['https://example.com:8443', true],
  ['https://connect.example.com', true],
  ['http://app.example.com', false],
  ['https://app.example.org', false],
  ['https://connect-example.com', false],
  ['https://203.0.113.7', false],
])('of the origins that may show the wizard in a frame, %s is on the same site: %s', (ancestor, isAccepted) => {
  const given = { ...production, PATCHBAY_WIZARD_TOKEN_URL: '/token', PATCHBAY_WIZARD_FRAME_ANCESTORS: ancestor }
  if (isAccepted) expect(readConfig(given).frameAncestors).toEqual([ancestor])
  else expect(() => readConfig(given)).toThrow(`PATCHBAY_WIZARD_FRAME_ANCESTORS: “${ancestor}” is on another site`)
})

test('a frame’s origin has to be exact, addresses are only on the same site as themselves, and there has to be a wizard', () => {
  const wizard = { ...production, PATCHBAY_WIZARD_TOKEN_URL: '/token' }
  for (const ancestor of ['*', 'https://*.example.com', 'https://app.example.com/', 'null', "'self'"])
    expect(() => readConfig({ ...wizard, PATCHBAY_WIZARD_FRAME_ANCESTORS: ancestor })).toThrow('must be an origin')
  const local = { PATCHBAY_PUBLIC_URL: 'http://127.0.0.1:4000' }
  const at = (ancestor: string) => readConfig({ ...local, PATCHBAY_WIZARD_FRAME_ANCESTORS: ancestor })
  expect(at('http://127.0.0.1:3000').frameAncestors).toEqual(['http://127.0.0.1:3000'])
  for (const other of ['http://localhost:3000', 'http://127.1.0.1:3000'])
    expect(() => at(other)).toThrow('another site')
  const alone = { ...production, PATCHBAY_WIZARD_FRAME_ANCESTORS: 'https://app.example.com' }
  expect(() => readConfig(alone)).toThrow('PATCHBAY_WIZARD_FRAME_ANCESTORS only works together with')
})

test('the brand’s variables say what they must be', () => {
  const faults: [Record<string, string>, string][] = [
    [{ PATCHBAY_BRAND_NAME: 'x'.repeat(41) }, 'PATCHBAY_BRAND_NAME must be a name with 1 to 40 characters'],
    [{ PATCHBAY_BRAND_NAME: 'two\nlines' }, 'PATCHBAY_BRAND_NAME must be a name with 1 to 40 characters'],
    [{ PATCHBAY_BRAND_ACCENT: 'red' }, 'PATCHBAY_BRAND_ACCENT must be a color such as #4347c9'],
    [{ PATCHBAY_BRAND_LOGO: 'https://cdn.example/logo.svg' }, 'PATCHBAY_BRAND_LOGO must be the path of an image file'],
    [{ PATCHBAY_BRAND_LOGO_DARK: 'logo.svg' }, 'PATCHBAY_BRAND_LOGO_DARK only works together with PATCHBAY_BRAND_LOGO'],
  ]
  for (const [given, fault] of faults) expect(() => readConfig(given)).toThrow(fault)
  expect(readConfig({ PATCHBAY_BRAND_NAME: '  Acme Connect ' }).brand).toMatchObject({ name: 'Acme Connect' })
})

test('an accent color that can’t be read in the light theme starts with a warning that says what is used instead', () => {
  const warningsOf = (accent: string) => readConfig({ PATCHBAY_BRAND_ACCENT: accent }).warnings
  expect(warningsOf('#4347c9')).toEqual([])
  expect(warningsOf('#FFCC00')).toEqual([
    expect.stringMatching(
      /PATCHBAY_BRAND_ACCENT: #ffcc00 is too light to read on white \(1\.5:1.*use #[0-9a-f]{6} instead\./,
    ),
  ])
  expect(warningsOf('#ffffff')).toEqual([expect.stringContaining('and buttons use #')])
})

test('rate limits can be changed and turned off, and not be negative', () => {
  const limits = { PATCHBAY_AUTHORIZATIONS_PER_MINUTE: '7', PATCHBAY_CHANGES_PER_MINUTE: '0' }
  const { rates } = readConfig({ ...production, ...limits })
  expect(rates).toEqual({ ...readConfig(production).rates, authorizations: 7, changes: 0 })
  for (const [name, perMinute] of Object.entries(readConfig(production).rates))
    expect(perMinute, name).toBeGreaterThan(0)
  for (const value of ['-1', '1.5', 'many']) {
    expect(() => readConfig({ ...production, PATCHBAY_CHANGES_PER_MINUTE: value })).toThrow(
      'PATCHBAY_CHANGES_PER_MINUTE',
    )
  }
})

test('development secrets are created once and kept, and a damaged file is reported, not replaced', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'))
  try {
    const made = await developmentSecrets(folder)
    expect(await developmentSecrets(folder)).toEqual(made)
    writeFileSync(join(folder, 'development-secrets.json'), '{')
    await expect(developmentSecrets(folder)).rejects.toThrow(/is damaged/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each([
  ['PATCHBAY_PORT', 'abc', 'must be a whole number from 0 to 65535.'],
  ['PATCHBAY_PORT', '80.5', 'must be a whole number from 0 to 65535.'],
  ['PATCHBAY_PORT', '65536', 'must be a whole number from 0 to 65535.'],
  ['PATCHBAY_CHECK_INTERVAL', '0', 'must be a number from 1 to 604800.'],
  ['PATCHBAY_START_TIMEOUT', '-1', 'must be a number of seconds from 0 to 600.'],
  ['PATCHBAY_SANDBOX', 'yes', 'must be on or off.'],
  ['PATCHBAY_LOG_LEVEL', 'loud', 'must be trace, debug, info, warn, error, or silent.'],
  ['PATCHBAY_PUBLIC_URL', 'https://example.com/connect', 'must be an origin such as https://connect.example.com: '],
  ['PATCHBAY_REDIS_CHANNEL', 'c'.repeat(201), 'must have at most 200 characters.'],
])('%s=%s: %s', (name, value, message) => {
  expect(() => readConfig({ [name]: value })).toThrow(`Invalid environment:\n✖ ${name} ${message}`)
})

test.each([
  ['PATCHBAY_JWKS_URL', 'keys.json', ': “keys.json” must be an https or http URL.'],
  ['PATCHBAY_CORS_ORIGINS', 'https://a.example, ,https://b.example/', ': “https://b.example/” must be an origin such'],
  ['PATCHBAY_TRUSTED_PROXIES', '10.0.0.0/33', ': “10.0.0.0/33” must be an IP address or a CIDR range'],
  ['PATCHBAY_CORS_ORIGINS', 'https://a.example,https://canary:canary@b.example', ' (item 2) must be an origin'],
  ['PATCHBAY_JWKS_URL', 'keys.json?key=canary', ' (item 1) must be an https or http URL.'],
  ['PATCHBAY_CORS_ORIGINS', 'canary'.repeat(40), ' (item 1) must be an origin'],
  ['REDIS_URL', 'redis://a:1,canary', ' (item 2) must look like redis://'],
])('in the list %s=%s, the entry is named that is wrong, unless it may be secret', (name, value, message) => {
  expect(() => readConfig({ [name]: value })).toThrow(`Invalid environment:\n✖ ${name}${message}`)
  expect(() => readConfig({ [name]: value })).not.toThrow('canary')
})

describe('a REDIS_URL of Sentinels', () => {
  const service = { ...production, DATABASE_URL: 'postgresql://a@b/c' }
  const nodesOf = (REDIS_URL: string) => readConfig({ ...service, REDIS_URL }).bus?.nodes

  test('has their hosts, the primary’s name, and a login for the nodes and for themselves', () => {
    expect(nodesOf('redis+sentinel://one:26380,two,[::1]:3/my%2Fmaster')).toEqual({
      sentinels: [
        { host: 'one', port: 26380 },
        { host: 'two', port: 26379 },
        { host: '::1', port: 3 },
      ],
      primary: 'my/master',
      login: {},
      sentinelLogin: {},
      tls: false,
    })
    expect(
      nodesOf('rediss+sentinel://ada:p%40%2C:s@one:26379/mymaster/0?sentinel_username=guard&sentinel_password=a+b%26'),
    ).toEqual({
      sentinels: [{ host: 'one', port: 26379 }],
      primary: 'mymaster',
      login: { username: 'ada', password: 'p@,:s' },
      sentinelLogin: { username: 'guard', password: 'a+b&' },
      tls: true,
    })
    expect(nodesOf('redis+sentinel://:secret@one/mymaster')).toMatchObject({ login: { password: 'secret' } })
  })

  const shape = 'must look like redis+sentinel://user:password@sentinel-1:26379,sentinel-2:26379/mymaster.'
  const named = 'must end with the Sentinels’ name for the primary'
  const parameters = (which: string) =>
    `may have no parameters except sentinel_username and sentinel_password, and ${which} is another one`
  test.each([
    ['redis+sentinel://', shape],
    ['redis+sentinel:///mymaster', shape],
    ['redis+sentinel://:canary@one', named],
    ['redis+sentinel://:canary@one/', named],
    ['redis+sentinel://:canary@one:port/mymaster', shape],
    ['redis+sentinel://:canary@one:70000/mymaster', shape],
    ['redis+sentinel://:canary@one,/mymaster', shape],
    ['redis+sentinel://:canary@one/mymaster/canary', shape],
    ['redis+sentinel://:c@canary@one/mymaster', shape],
    ['redis+sentinel://:c/canary@one/mymaster', shape],
    ['redis+sentinel://:canary%@one/mymaster', shape],
    ['redis+sentinel://one/mymaster,redis+sentinel://:canary@two/mymaster', shape],
    ['redis+sentinel://one/mymaster?password=canary', parameters('password')],
    ['redis+sentinel://one/mymaster?sentinelPassword=canary', parameters('sentinelPassword')],
    ['redis+sentinel://one/mymaster?canary', parameters('the one at position 1')],
    ['redis+sentinel://one/mymaster?sentinel_password=a&canary=1', parameters('the one at position 2')],
    ['redis://one,redis+sentinel://:canary@two/mymaster', '(item 2) must look like redis://user:password@host:6379'],
  ])('is refused as %s', (url, message) => {
    expect(() => nodesOf(url)).toThrow(`Invalid environment:\n✖ REDIS_URL ${message}`)
    expect(() => nodesOf(url)).not.toThrow('canary')
  })

  test('needs DATABASE_URL too', () => {
    expect(() => readConfig({ REDIS_URL: 'redis+sentinel://one/mymaster' })).toThrow('Set DATABASE_URL too')
  })
})

test('what Kubernetes sets for Services named patchbay or patchbay-… is ignored, and said once', () => {
  const links = {
    PATCHBAY_SERVICE_HOST: '10.0.0.9',
    PATCHBAY_SERVICE_PORT: '80',
    PATCHBAY_SERVICE_PORT_HTTP: '80',
    PATCHBAY_PORT: 'tcp://10.0.0.9:80',
    PATCHBAY_PORT_80_TCP: 'tcp://10.0.0.9:80',
    PATCHBAY_PORT_80_TCP_PROTO: 'tcp',
    PATCHBAY_PORT_80_TCP_PORT: '80',
    PATCHBAY_PORT_80_TCP_ADDR: '10.0.0.9',
    PATCHBAY_METRICS_SERVICE_HOST: '10.0.0.10',
    PATCHBAY_METRICS_PORT: 'tcp://10.0.0.10:9090',
    PATCHBAY_REDIS_MASTER_PORT_6379_TCP_ADDR: '10.0.0.11',
  }
  const { port, metrics, warnings } = readConfig({ ...production, ...links })
  expect({ port, metrics }).toEqual({ port: 4000, metrics: undefined })
  expect(warnings).toEqual([
    expect.stringMatching(
      /^Ignored 11 variables that Kubernetes set .*PATCHBAY_SERVICE_HOST.*enableServiceLinks: false/,
    ),
  ])
  expect(() => readConfig({ ...links, PATCHBAY_PORTS: '4000', PATCHBAY_SERVICE_HOSTS: 'x' })).toThrow(
    'Unknown variables: PATCHBAY_PORTS (did you mean PATCHBAY_PORT?), PATCHBAY_SERVICE_HOSTS.',
  )
})

test.each([
  ['PATCHBAY_RETURN_ORIGIN', 'PATCHBAY_RETURN_ORIGINS'],
  ['PATCHBAY_JWT_ISSUR', 'PATCHBAY_JWT_ISSUER'],
  ['PATCHBAY_DATABASE_URL', 'DATABASE_URL'],
  ['PATCHBAY_REDIS_URL_FILE', 'REDIS_URL_FILE'],
  ['PATCHBAY_KEY_FILE', 'PATCHBAY_KEYS_FILE'],
  ['PATCHBAY_TRUSTED_PROXY', 'PATCHBAY_TRUSTED_PROXIES'],
  ['PATCHBAY_KEYZ', 'PATCHBAY_KEYS'],
  ['patchbay_port', 'PATCHBAY_PORT'],
  ['Patchbay_Return_Origin', 'PATCHBAY_RETURN_ORIGINS'],
])('instead of %s, %s is suggested, in production too', (given, meant) => {
  const message = `Unknown variables: ${given} (did you mean ${meant}?). See docs/configuration.md for the list. If one is for another program, `
  expect(() => readConfig({ [given]: 'canary' })).toThrow(message)
  expect(() => readConfig({ ...production, [given]: 'canary' })).toThrow(message)
})

test('nothing is suggested for a name that is close to none', () => {
  expect(() => readConfig({ PATCHBAY_COLOR: 'red' })).toThrow('Unknown variables: PATCHBAY_COLOR. See')
})

test.each(['PATCHBAY_KEY', 'PATCHBAY_API_KEY'])(
  '%s with an API key in it isn’t taken for an encryption key',
  (name) => {
    const read = () => readConfig({ [name]: 'pbk_development_canary' })
    expect(read).toThrow(`Unknown variables: ${name} (an API key, which clients send and the server doesn’t read).`)
    expect(read).not.toThrow(/canary|PATCHBAY_KEYS/)
  },
)

test.each([
  [{ DATABASE_ULR: 'x' }, 'DATABASE_URL'],
  [{ database_url: 'x' }, 'DATABASE_URL'],
  [{ PATCHBY_PORT: 'x' }, 'PATCHBAY_PORT'],
  [{ PATCHBAYKEYS: 'x' }, 'PATCHBAY_KEYS'],
  [{ REDIS_ULR: 'x' }, 'REDIS_URL'],
  [{ DATABASE_URL_FIEL: 'x' }, 'DATABASE_URL_FILE'],
])('%j is warned about, because %s was probably meant', (given, meant) => {
  const [name = ''] = Object.keys(given)
  expect(readConfig(given as NodeJS.ProcessEnv).warnings).toEqual([
    `${name} is set, which Patchbay doesn’t know, and ${meant} isn’t. Rename it if you meant that.`,
  ])
})

test('variables of other programs are not warned about', () => {
  const others = {
    DATABASE_NAME: 'x',
    DATABASE_HOST: 'x',
    REDIS_HOST: 'x',
    PGHOST: 'x',
    HOME: '/',
    PATH: '/',
    no_proxy: 'x',
    PATCHBAY2_PORT: 'tcp://10.0.0.9:80',
  }
  expect(readConfig(others).warnings).toEqual([])
  expect(readConfig({ ...process.env }).warnings).toEqual([])
})

test('two ways to verify tokens are accepted with a warning', () => {
  const secret = randomBytes(32).toString('base64')
  expect(readConfig(production).warnings).toEqual([])
  expect(readConfig({ ...production, PATCHBAY_JWT_SECRET: secret }).warnings).toEqual([
    expect.stringContaining('PATCHBAY_JWKS_URL and PATCHBAY_JWT_SECRET are both set'),
  ])
})

test.each([
  ['', 0],
  ['?sslmode=disable', 0],
  ['?sslmode=verify-full', 0],
  ['?sslmode=require&sslrootcert=/etc/ca.pem', 0],
  ['?sslmode=require', 1],
  ['?sslmode=no-verify', 1],
])('DATABASE_URL with %j: warnings: %i', (parameters, count) => {
  const { warnings } = readConfig({ ...production, DATABASE_URL: `postgresql://patchbay@db/patchbay${parameters}` })
  expect(warnings).toHaveLength(count)
  for (const warning of warnings) expect(warning).toContain('sslmode=verify-full')
})

test('secrets may be in files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'))
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const key = randomBytes(32).toString('base64')
  const { PATCHBAY_KEYS, ...others } = production
  const url = 'postgresql://patchbay@db/patchbay'
  const config = readConfig({
    ...others,
    PATCHBAY_KEYS_FILE: file('keys', `${key}\n`),
    PATCHBAY_JWT_SECRET_FILE: file('secret', 's'.repeat(40)),
    DATABASE_URL_FILE: file('database', url),
    REDIS_URL_FILE: file('redis', 'redis://cache'),
  })
  expect(config).toMatchObject({ vaultKeys: [key], database: { url }, bus: { nodes: ['redis://cache'] } })
  expect(config.tokens.secret).toBe('s'.repeat(40))

  const refused = (env: object, message: string) => expect(() => readConfig({ ...others, ...env })).toThrow(message)
  refused(
    { PATCHBAY_KEYS, PATCHBAY_KEYS_FILE: join(folder, 'keys') },
    'PATCHBAY_KEYS and PATCHBAY_KEYS_FILE are both set',
  )
  refused({ PATCHBAY_KEYS_FILE: join(folder, 'none') }, 'PATCHBAY_KEYS_FILE names a file that can’t be read (ENOENT).')
  refused({ PATCHBAY_KEYS_FILE: file('empty', '\n') }, 'PATCHBAY_KEYS_FILE names an empty file.')
  refused({ PATCHBAY_PORT_FILE: join(folder, 'keys') }, 'Unknown variables: PATCHBAY_PORT_FILE.')
  rmSync(folder, { recursive: true })
})

test.each<[Record<string, string>, string]>([
  [{ PATCHBAY_JWT_ISSUER: 'https://a, https://a' }, 'PATCHBAY_JWT_ISSUER names an issuer twice.'],
  [
    { PATCHBAY_JWT_ISSUER: 'https://a', PATCHBAY_JWKS_URL: 'https://a/jwks,https://b/jwks' },
    'PATCHBAY_JWKS_URL has 2 URLs, and PATCHBAY_JWT_ISSUER has 1. Name one URL for each issuer, in the same order, or one URL for all.',
  ],
  [
    { PATCHBAY_JWT_ISSUER: 'https://a', PATCHBAY_JWT_FORMER_ISSUERS: 'https://b,https://a' },
    'PATCHBAY_JWT_FORMER_ISSUERS must not contain the first issuer of PATCHBAY_JWT_ISSUER.',
  ],
  [
    { PATCHBAY_JWT_ISSUER: 'https://a', PATCHBAY_JWT_FORMER_ISSUERS: 'https://b,https://b' },
    'PATCHBAY_JWT_FORMER_ISSUERS names an issuer twice.',
  ],
  [
    { PATCHBAY_JWT_ISSUER: '', PATCHBAY_JWT_FORMER_ISSUERS: 'https://b' },
    'PATCHBAY_JWT_FORMER_ISSUERS only works together with PATCHBAY_JWT_ISSUER. Set both.',
  ],
])('%j are refused', (variables, said) => {
  expect(() => readConfig({ ...production, ...variables })).toThrow(said)
})

test('several issuers may have one JWKS each, or one for all', () => {
  const jwksUrls = ['https://a/jwks', 'https://b/jwks']
  const PATCHBAY_JWT_ISSUER = 'https://a, https://b'
  const each = readConfig({ ...production, PATCHBAY_JWT_ISSUER, PATCHBAY_JWKS_URL: jwksUrls.join() })
  expect(each.tokens).toMatchObject({ issuers: ['https://a', 'https://b'], jwksUrls })
  const shared = readConfig({ ...production, PATCHBAY_JWT_ISSUER, PATCHBAY_JWKS_URL: 'https://a/jwks' })
  expect(shared.tokens.jwksUrls).toEqual(['https://a/jwks'])
})

test.each(['PATCHBAY_PRIVATE_NETWORKS', 'PATCHBAY_WEBHOOK_PRIVATE_NETWORKS'])(
  '%s accepts networks, addresses and host names, and nothing else',
  (variable) => {
    const good = [
      '10.0.0.0/8',
      '10.1.2.3',
      'fd12::/16',
      'gitlab',
      'GitLab.corp.example',
      '.corp.example',
      'my_app',
      'bücher.example',
    ]
    expect(readConfig({ ...production, [variable]: good.join(', ') }).privateNetworks).toMatchObject(
      variable.includes('WEBHOOK') ? { apps: [], webhooks: good } : { apps: good, webhooks: [] },
    )
    const bad = [
      'https://gitlab',
      'gitlab:8443',
      '*.corp.example',
      '*',
      '10.0.0.0/33',
      '10.0.0',
      '0x7f.1',
      'a b',
      'a..b',
      '.',
    ]
    for (const entry of bad) {
      const read = () => readConfig({ ...production, [variable]: `10.0.0.0/8,${entry}` })
      expect(read, entry).toThrow(`✖ ${variable}: “${entry}” must be a CIDR range`)
    }
  },
)

test.each([
  ['myapp:/callback', 'uses the scheme myapp, which doesn’t belong to one app.'],
  ['javascript:alert(1)', 'uses the scheme javascript, which'],
  ['JavaScript:/x', 'uses the scheme javascript, which'],
  ['data:text/html;x', 'uses the scheme data, which'],
  ['file:///etc/passwd', 'uses the scheme file, which'],
  ['intent://scan/#Intent;scheme=com.example.app;end', 'uses the scheme intent, which'],
  ['view-source:http://127.0.0.1/x', 'uses the scheme view-source, which'],
  ['Com.Example.App:/callback', 'uses the scheme com.example.app, which'],
  ['com..app:/callback', 'uses the scheme com..app, which'],
  ['com.example.app', 'must be an address of a native app'],
  ['com.example.app:', 'needs a path after the scheme'],
  ['com.example.app:callback', 'needs a path after the scheme'],
  ['com.example.app:/callback?x=1', 'may have no query and no fragment'],
  ['com.example.app:/callback#x', 'may have no query and no fragment'],
  ['com.example.app:/a/../b', 'must be a plain address'],
  ['com.example.app:/*', 'must be a plain address'],
  ['com.example.app://user@done', 'must be a plain address'],
  ['https://app.example.com/callback', 'is a web address. List its origin in PATCHBAY_RETURN_ORIGINS instead.'],
  ['http://app.example.com/callback', 'is a web address.'],
  ['http://127.0.0.1.evil.example/callback', 'is a web address.'],
  ['https://127.0.0.1/callback', 'is a web address.'],
  ['http://127.0.0.1', 'needs a path, as in http://127.0.0.1/callback.'],
  ['http://[::1]:7777', 'needs a path, as in http://127.0.0.1/callback.'],
  ['http://127.0.0.1:99999/callback', 'must be a plain address'],
  ['http://127.0.0.1:80/callback', 'must be a plain address'],
])('PATCHBAY_NATIVE_RETURNS is refused with %j', (entry, message) => {
  expect(() => readConfig({ PATCHBAY_NATIVE_RETURNS: `com.example.app:/callback, ${entry}` })).toThrow(
    `Invalid environment:\n✖ PATCHBAY_NATIVE_RETURNS${/[?@]/.test(entry) ? ' (item 2)' : `: “${entry}”`} ${message}`,
  )
})

test('PATCHBAY_NATIVE_RETURNS accepts schemes of a domain, and addresses of this computer', () => {
  const entries = [
    'com.example.app:/callback',
    'com.example.app://done',
    'http://127.0.0.1/cb',
    'http://[::1]:7777/cb',
    'http://localhost/cb',
  ]
  expect(readConfig({ PATCHBAY_NATIVE_RETURNS: entries.join(',') }).nativeReturns).toEqual(entries)
})

describe('staging', () => {
  const staging = {
    PATCHBAY_ENV: 'staging',
    PATCHBAY_PUBLIC_URL: 'https://staging.example.com',
    PATCHBAY_KEYS: randomBytes(32).toString('base64'),
    PATCHBAY_STAGING_PASSWORD: 'correct horse battery staple',
    PATCHBAY_SANDBOX_URL: 'https://sandbox.example.com',
  }
  const host = {
    PATCHBAY_JWT_SECRET: randomBytes(32).toString('base64'),
    PATCHBAY_JWT_ISSUER: 'https://app.example.com',
    PATCHBAY_JWT_AUDIENCE: 'patchbay',
    PATCHBAY_WIZARD_TOKEN_URL: 'https://app.example.com/token',
  }
  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(staging).filter(([name]) => !names.includes(name)))

  test('has the sandbox on a shared host, behind a password or the host’s tokens', () => {
    expect(readConfig(staging)).toMatchObject({
      development: false,
      staging: { password: staging.PATCHBAY_STAGING_PASSWORD, sandboxUrl: 'https://sandbox.example.com' },
      sandboxPort: 4010,
      allowsInsecureApps: false,
      introspection: true,
      checkEveryMs: 60_000,
      metrics: undefined,
    })
    expect(readConfig({ ...without('PATCHBAY_STAGING_PASSWORD'), ...host }).staging?.password).toBeUndefined()
    const off = { ...without('PATCHBAY_SANDBOX_URL'), PATCHBAY_SANDBOX: 'off' }
    expect(readConfig(off)).toMatchObject({ sandboxPort: undefined, staging: { sandboxUrl: undefined } })
    expect(readConfig(production).staging).toBeUndefined()
  })

  test.each<[string, Record<string, string>, string]>([
    [
      'no protection',
      without('PATCHBAY_STAGING_PASSWORD'),
      'PATCHBAY_ENV=staging gives tokens of demo people to anyone who gets in, so set PATCHBAY_STAGING_PASSWORD.',
    ],
    [
      'a short password',
      { ...staging, PATCHBAY_STAGING_PASSWORD: 'fifteen letters' },
      'PATCHBAY_STAGING_PASSWORD must have at least 16 characters.',
    ],
    [
      'a password of few characters',
      { ...staging, PATCHBAY_STAGING_PASSWORD: 'abababababababababab' },
      'PATCHBAY_STAGING_PASSWORD must have at least 8 different characters.',
    ],
    [
      'two protections',
      { ...staging, PATCHBAY_JWT_SECRET: 's'.repeat(40) },
      'PATCHBAY_STAGING_PASSWORD has demo people behind it',
    ],
    [
      'a password and a token endpoint',
      { ...staging, PATCHBAY_WIZARD_TOKEN_URL: '/token' },
      'PATCHBAY_WIZARD_TOKEN_URL doesn’t work together with PATCHBAY_STAGING_PASSWORD.',
    ],
    ['no public URL', without('PATCHBAY_PUBLIC_URL'), 'PATCHBAY_PUBLIC_URL is required'],
    [
      'a public URL without TLS',
      { ...staging, PATCHBAY_PUBLIC_URL: 'http://staging.example.com' },
      'PATCHBAY_PUBLIC_URL must be https, or http on this machine.',
    ],
    ['no keys', without('PATCHBAY_KEYS'), 'PATCHBAY_KEYS is required'],
    ['no sandbox URL', without('PATCHBAY_SANDBOX_URL'), 'PATCHBAY_SANDBOX_URL is required'],
    [
      'a sandbox without TLS',
      { ...staging, PATCHBAY_SANDBOX_URL: 'http://sandbox.example.com' },
      'PATCHBAY_SANDBOX_URL must be https, or http on this machine.',
    ],
    [
      'a sandbox without TLS on this machine',
      { ...staging, PATCHBAY_SANDBOX_URL: 'http://localhost:4010' },
      'PATCHBAY_SANDBOX_URL must be https like PATCHBAY_PUBLIC_URL.',
    ],
    [
      'a sandbox at the public URL',
      { ...staging, PATCHBAY_SANDBOX_URL: staging.PATCHBAY_PUBLIC_URL },
      'PATCHBAY_SANDBOX_URL must have another host name or port than PATCHBAY_PUBLIC_URL.',
    ],
    [
      'tokens of an unknown issuer',
      { ...without('PATCHBAY_STAGING_PASSWORD'), ...host, PATCHBAY_JWT_ISSUER: '' },
      'PATCHBAY_JWT_ISSUER is required',
    ],
    [
      'tokens, and no one to ask who is signed in',
      { ...without('PATCHBAY_STAGING_PASSWORD'), ...host, PATCHBAY_WIZARD_TOKEN_URL: '' },
      'PATCHBAY_WIZARD_TOKEN_URL is required: without a password, the sandbox asks it',
    ],
  ])('is refused with %s', (_name, env, message) => {
    expect(() => readConfig(env)).toThrow(`✖ ${message}`)
    expect(() => readConfig(env)).not.toThrow(/horse|abab|fifteen/)
  })

  test('its variables are refused elsewhere, so that no one takes an open server for a protected one', () => {
    const password = { PATCHBAY_STAGING_PASSWORD: 'correct horse battery staple' }
    const message = 'PATCHBAY_STAGING_PASSWORD only works with PATCHBAY_ENV=staging. Set both, or unset it.'
    expect(() => readConfig(password)).toThrow(message)
    expect(() => readConfig({ ...production, ...password })).toThrow(message)
    expect(() => readConfig({ PATCHBAY_SANDBOX_URL: 'http://localhost:4010' })).toThrow(
      'PATCHBAY_SANDBOX_URL only works',
    )
  })
})
