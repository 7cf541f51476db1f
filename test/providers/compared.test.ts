import { beforeAll, expect, test } from 'vitest'
import { providerCatalogue, readProvider } from '../../src/providers/catalogue.js'
import { DIFFERENCES, type Difference } from './differences.js'
import { type Known, knownElsewhere } from './known-elsewhere.js'

let known: readonly Known[]
beforeAll(async () => {
  known = await knownElsewhere()
})

/** Scheme, host and path. */
function compared(url: string): string {
  return url.replace(/[?#].*$/, '').replace(/\/$/, '')
}

/** A variable of ours stands for any customer. */
function isSame(ours: string, theirs: string): boolean {
  const fixed = compared(ours).split(/\{\w+\}/)
  const pattern = fixed.map((part) => part.replaceAll(/[^\w/:]/g, '\\$&')).join('[\\w-]+')
  return new RegExp(`^${pattern}$`).test(compared(theirs))
}

function differenceOf({ library, provider, authorizationUrl, tokenUrl }: Known): Difference | null {
  const ours = providerCatalogue.get(provider) ?? expect.unreachable()
  const differs = {
    ...(!isSame(ours.authorizationUrl, authorizationUrl) && { authorizationUrl: compared(authorizationUrl) }),
    ...(!isSame(ours.tokenUrl, tokenUrl) && { tokenUrl: compared(tokenUrl) }),
  }
  return Object.keys(differs).length > 0 ? { provider, in: [library], ...differs } : null
}

/** Libraries with the same addresses are one difference. */
function allDifferences(): Difference[] {
  const found = new Map<string, Difference>()
  for (const one of known) {
    const difference = differenceOf(one)
    if (!difference) continue
    const key = JSON.stringify({ ...difference, in: [] })
    found.set(key, { ...difference, in: [...(found.get(key)?.in ?? []), ...difference.in] })
  }
  return [...found.values()]
}

const sorted = (differences: readonly Difference[]) =>
  differences.toSorted((a, b) => (`${a.provider} ${a.in}` < `${b.provider} ${b.in}` ? -1 : 1))

test('every address that other libraries have is the same, or the difference is listed with a reason', () => {
  expect(sorted(allDifferences())).toEqual(sorted(DIFFERENCES.map(({ reason: _why, ...difference }) => difference)))
  for (const { reason } of DIFFERENCES) expect(reason).toMatch(/^[A-Z].{9,}\.$/)
})

test('the libraries are read: each knows dozens of our providers', () => {
  const counts = (['grant', 'arctic', '@auth/core'] as const).map(
    (library) => known.filter((one) => one.library === library).length,
  )
  expect(counts[0]).toBeGreaterThanOrEqual(100)
  expect(counts[1]).toBeGreaterThanOrEqual(70)
  expect(counts[2]).toBeGreaterThanOrEqual(40)
  for (const { authorizationUrl, tokenUrl } of known) {
    expect(authorizationUrl).toMatch(/^https:\/\//)
    expect(tokenUrl).toMatch(/^https:\/\//)
  }
})

const SOURCES: Readonly<Record<Known['library'], string>> = {
  grant: 'https://github.com/simov/grant/',
  arctic: 'https://github.com/pilcrowonpaper/arctic/',
  '@auth/core': 'https://github.com/nextauthjs/next-auth/',
}

test('a file names a library as a source of its endpoints only if the library has the same', () => {
  const wrong = known.filter((one) => {
    const file = readProvider(one.provider) ?? expect.unreachable()
    const source = file.sources.find(({ url }) => url.startsWith(SOURCES[one.library]))
    return /^(?:endpoints|paths)(?:,|$)/.test(source?.confirms ?? '') && differenceOf(one) !== null
  })
  expect(wrong.map(({ provider, library }) => `${provider}: ${library}`)).toEqual([])
})
