import pLimit from 'p-limit'
import { ConfigurationError } from '../config/configuration-error.js'
import { type EnteredVariable, enteredVariables } from '../domain/authorization/entered-variables.js'
import { endpointUrls, type Provider, type Providers } from '../domain/catalogue/provider.js'
import { providerWith } from '../domain/catalogue/provider-urls.js'
import { variablesIn } from '../domain/catalogue/url-template.js'
import type { Variable } from '../domain/catalogue/variables.js'
import { InvalidVariablesError } from '../domain/errors.js'
import { suggestion } from '../domain/input-faults.js'
import type { Check } from '../outbound/connector-test/check.js'
import type { Commands } from './command.js'
import { enteredIn } from './entered-option.js'
import { WORDS } from './test-connector.js'

const AT_A_TIME = 6
const WIDTHS = { status: 10, slug: 24 }

type Status = 'ok' | 'failed' | 'unknown'

interface Checked {
  provider: string
  status: Status
  checks: Check[]
}

interface Target {
  slug: string
  provider: Provider
  /** The variables that its addresses need and that no one gave. */
  missing: readonly Variable[]
}

export const PROVIDER_COMMANDS: Commands = {
  'check-providers': {
    takes: ['[<provider> …]'],
    options: { variable: { value: '<name>=<value>', repeated: true }, json: {} },
    offline: true,
    explanation: 'ask the catalogue’s providers, or some, whether their addresses are right; changes nothing',
    async run({ deps: { providers, providerCheck }, say }, named, { json, variable }) {
      const entered = enteredIn(variable)
      const targets = targetsOf(providers, named, entered)
      const limit = pLimit(AT_A_TIME)
      const all = await Promise.all(
        targets.map((target) =>
          limit(async () => {
            const checks =
              target.missing.length > 0 ? [withoutValues(target)] : await providerCheck.run(target.provider)
            const checked = { provider: target.slug, status: statusOf(checks), checks }
            if (!json) say(lineOf(checked))
            return checked
          }),
        ),
      )
      if (!json) say('')
      const made = all.flatMap(({ checks }) => checks).filter(({ name }) => name !== 'variables')
      const isOffline = made.length > 0 && made.every(({ detail }) => detail.includes('doesn’t resolve (DNS)'))
      if (isOffline && !json) say('No name of a host resolved. Check that this machine can reach the internet.')
      const count = (status: Status) => all.filter((checked) => checked.status === status).length
      const failed = count('failed')
      return {
        text: `${count('ok')} ok, ${failed} failed, ${count('unknown')} can’t tell.`,
        json: { ok: failed === 0, providers: all },
        incomplete: failed > 0,
      }
    },
  },
}

/** @throws ConfigurationError if there is no such provider, or none of them asks for a variable */
function targetsOf(providers: Providers, named: readonly string[], entered: readonly EnteredVariable[]): Target[] {
  const slugs = named.length > 0 ? [...new Set(named)] : providers.slugs()
  const asked = slugs.map((slug) => ({ slug, provider: withUsedVariables(providers, slug) }))
  for (const { name } of entered) {
    const isAsked = asked.some(({ provider }) => provider.variables.some((variable) => variable.name === name))
    if (!isAsked) throw new ConfigurationError(`No provider asks for the variable ${name}.`)
  }
  return asked.map(({ slug, provider }) => {
    const given = provider.variables.flatMap((variable) => givenFor(variable, entered))
    const missing = provider.variables.filter(({ name }) => !given.some((one) => one.name === name))
    return { slug, provider: missing.length > 0 ? provider : filled(slug, provider, given), missing }
  })
}

/** What operators and people give for its addresses, all as its variables. */
function withUsedVariables(providers: Providers, slug: string): Provider {
  const provider = providers.get(slug)
  if (!provider) {
    const meant = suggestion(slug, providers.slugs())
    throw new ConfigurationError(`There’s no provider “${slug}”${meant || '.'} docs/providers.md lists all of them.`)
  }
  const urls = [...endpointUrls(provider).map(({ url }) => url), provider.issuer ?? '']
  const used = new Set(urls.flatMap(variablesIn))
  const variables = [...providers.operatorVariables(slug), ...provider.variables].filter(({ name }) => used.has(name))
  return { ...provider, variables }
}

/** Any choice has addresses that exist. */
function givenFor({ name, default: usual, choices }: Variable, entered: readonly EnteredVariable[]): EnteredVariable[] {
  const passed = entered.filter((one) => one.name === name)
  const value = usual ?? choices?.[0]
  return passed.length > 0 || value === undefined ? passed : [{ name, value }]
}

function filled(slug: string, provider: Provider, given: readonly EnteredVariable[]): Provider {
  try {
    return providerWith(provider, enteredVariables(provider, given, {})) ?? provider
  } catch (error) {
    if (!(error instanceof InvalidVariablesError)) throw error
    throw new ConfigurationError(
      error.faults.map(({ variable, message }) => `${slug}, ${variable}: ${message}`).join('\n'),
    )
  }
}

function withoutValues({ missing }: Target): Check {
  const values = missing.map(({ name, placeholder }) => `--variable ${name}=${placeholder}`)
  return {
    name: 'variables',
    status: 'unknown',
    detail: `its addresses differ for each customer. Pass those of one, as in ${values.join(' ')}`,
  }
}

function statusOf(checks: readonly Check[]): Status {
  return (['failed', 'unknown'] as const).find((status) => checks.some((check) => check.status === status)) ?? 'ok'
}

function lineOf({ provider, status, checks }: Checked): string {
  const told = checks.filter((check) => check.status === status)
  const words =
    status === 'ok'
      ? told.map(({ name }) => name).join(', ')
      : told.map(({ name, detail }) => `${name}: ${detail}`).join('; ')
  return `${WORDS[status].padEnd(WIDTHS.status)}  ${provider.padEnd(WIDTHS.slug)}  ${words}`
}
