import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrand } from '../../../src/app/open-brand.js'
import { readConfig } from '../../../src/config/environment.js'
import { createBrand } from '../../../src/http/brand/brand.js'
import { otherNamePage } from '../../../src/http/other-name-page.js'
import { createTextsFor } from '../../../src/http/page-language.js'
import { createRenderFor } from '../../../src/http/render-for.js'
import { type BuiltWizard, buildWizard, FONT } from '../../support/built-wizard.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { send } from '../../support/raw.js'

const HTML = { accept: 'text/html' }
const WIDE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 32"><script>alert(1)</script></svg>'
const SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"/>'
const asUrl = (svg: string) => `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
const brandOf = (env: Record<string, string>) => openBrand(readConfig(env).brand)

describe('with a brand', () => {
  let wizard: BuiltWizard
  let folder: string
  let patchbay: Patchbay
  beforeAll(async () => {
    wizard = await buildWizard()
    folder = await mkdtemp(join(tmpdir(), 'patchbay-brand-'))
    const logo = join(folder, 'logo.svg')
    await writeFile(logo, WIDE)
    const brand = {
      PATCHBAY_BRAND_NAME: 'Acme <Connect>',
      PATCHBAY_BRAND_LOGO: logo,
      PATCHBAY_BRAND_LOGO_DARK: asUrl(SQUARE),
      PATCHBAY_BRAND_FAVICON: asUrl(SQUARE),
      PATCHBAY_BRAND_ACCENT: '#B4005A',
    }
    patchbay = await startPatchbay(brand, { wizardFolder: wizard.folder })
  })
  afterAll(async () => {
    await patchbay?.close()
    await wizard[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const page = (path: string) => send(patchbay, path, { headers: HTML })

  test('the wizard’s page has its name, favicon and colors from the start, and its policy allows no other style', async () => {
    const { text, headers } = await page('/')
    expect(text).toContain('<title>Acme &lt;Connect&gt;</title>')
    expect(text).toMatch(/<link rel="icon" href="\/assets\/brand\/favicon-[0-9a-f]{12}\.svg" type="image\/svg\+xml">/)
    expect(text).toContain('--action:#b4005a;')
    expect(text).not.toContain('Patchbay<')
    const policy = String(headers['content-security-policy'])
    expect(policy).toMatch(/style-src 'self' 'sha256-[A-Za-z0-9+/]{43}=';/)
    expect(policy).toContain("script-src 'self';")
  })

  test.each([
    '/connect/00000000-0000-4000-8000-000000000000',
    '/oauth/callback/acme-mail?state=x',
    '/oauth/callback/acme-mail',
  ])(
    'the page at %s has its name, logo, favicon and colors and the wizard’s type, and may load only these',
    async (path) => {
      const { text, headers } = await page(path)
      expect(text).toMatch(/<title>[^<]+ · Acme &lt;Connect&gt;<\/title><link rel="icon" href="\/assets\/brand\//)
      expect(text).toMatch(
        /<source srcset="\/assets\/brand\/logo-dark-[0-9a-f]{12}\.svg" media="\(prefers-color-scheme: dark\)">/,
      )
      expect(text).toMatch(
        /<img src="\/assets\/brand\/logo-[0-9a-f]{12}\.svg" alt="Acme &lt;Connect&gt;" width="105" height="28">/,
      )
      expect(text).toContain('--action:#b4005a;')
      expect(text).not.toContain('Patchbay')
      expect(text).toContain(`src:url(${FONT})`)
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; .*img-src 'self' data:; font-src 'self';/,
      )
    },
  )

  test('its pictures are cached, run nothing, and pass for nothing else', async () => {
    const [logo = ''] =
      /\/assets\/brand\/logo-[0-9a-f]+\.svg/.exec((await page('/connect/no-such-authorization')).text) ?? []
    expect(await send(patchbay, logo)).toMatchObject({
      status: 200,
      text: WIDE,
      headers: {
        'content-type': 'image/svg+xml',
        'cache-control': 'public, max-age=31536000, immutable',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        'x-content-type-options': 'nosniff',
      },
    })
    expect(await send(patchbay, '/assets/brand/logo-000000000000.svg')).toMatchObject({ status: 404 })
  })
})

test.each(['en', 'de', 'es'] as const)('the page for another host name has the brand’s name, in %s', (language) => {
  const render = createRenderFor(createTextsFor(language), createBrand({ name: 'Acme Connect' }))({})
  const { body } = otherNamePage('https://connect.example.com', render)
  expect(body?.match(/Acme Connect/g)?.length).toBeGreaterThan(2)
  expect(body).not.toContain('Patchbay')
})

test('without a brand, the server’s pages load nothing and show no name', async () => {
  const { body, headers } = createRenderFor(createTextsFor('en'), createBrand({}))({})(() => ({
    status: 200,
    title: 'A title',
    lines: [],
    tone: 'neutral',
  }))
  expect(body).toContain('<title>A title</title>')
  expect(body).not.toMatch(/Patchbay|<img|<link/)
  expect(headers['content-security-policy']).not.toMatch(/img-src|font-src/)
  expect(body).not.toContain('@font-face')
})

test('a square logo is the favicon too, a wide one contains the name, and Patchbay’s mark needs Patchbay’s name', async () => {
  const square = await brandOf({ PATCHBAY_BRAND_NAME: 'Acme', PATCHBAY_BRAND_LOGO: asUrl(SQUARE) })
  expect(square).toMatchObject({ logo: { isWide: false }, favicon: { type: 'image/svg+xml' } })
  const wide = await brandOf({ PATCHBAY_BRAND_LOGO: asUrl(WIDE) })
  expect(wide).toMatchObject({ logo: { isWide: true, ratio: 3.75 }, favicon: undefined })
  expect(await brandOf({ PATCHBAY_BRAND_NAME: 'Acme' })).toMatchObject({ logo: undefined, favicon: undefined })
  expect(await brandOf({})).toMatchObject({ name: 'Patchbay', isCustom: false, logo: { isWide: false } })
})

test('every picture that can’t be used is named at the start, with the reason', async () => {
  const start = brandOf({
    PATCHBAY_BRAND_LOGO: '/no/such/logo.svg',
    PATCHBAY_BRAND_LOGO_DARK: asUrl('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    PATCHBAY_BRAND_FAVICON: 'data:image/png;base64,aGVsbG8=',
  })
  await expect(start).rejects.toThrow(
    /PATCHBAY_BRAND_LOGO names a file that can’t be read \(ENOENT\)\.\n.*PATCHBAY_BRAND_LOGO_DARK doesn’t say how large it is\..*\n.*PATCHBAY_BRAND_FAVICON isn’t an SVG, PNG or ICO image\./,
  )
  const large = asUrl(`${SQUARE}${' '.repeat(256 * 1024)}`)
  await expect(brandOf({ PATCHBAY_BRAND_LOGO: large })).rejects.toThrow('PATCHBAY_BRAND_LOGO is larger than 256 KB')
  await expect(brandOf({ PATCHBAY_BRAND_LOGO: 'data:oops' })).rejects.toThrow('isn’t a complete data: URL')
})
