import type { Provider } from '../../domain/catalogue/provider.js'
import { DiscoveryError } from '../../domain/ports/discovery.js'
import type { Check, Meaning } from '../connector-test/check.js'
import { probe } from '../connector-test/probe.js'
import { createDiscover } from '../discover.js'
import { createGuardedAgent, type GuardedAgent, type Network } from '../guarded-agent.js'
import type { GuardedFetch } from '../guarded-fetch.js'
import { shapedTokenRequest } from '../token-endpoint/token-request.js'
import {
  authorizationPageMeaning,
  type Discovered,
  emptyRequestMeaning,
  metadataMeaning,
  unansweredMeaning,
  undiscoveredMeaning,
} from './meanings.js'

/** Asks providers, without a client, whether their addresses are right. Changes nothing there. */
export interface ProviderCheck {
  /** An address that several providers have is asked once. */
  run(provider: Provider): Promise<Check[]>
  close(): Promise<void>
}

/** Each request takes at most ten seconds. */
export function createProviderCheck(fetch: GuardedFetch, network: Network): ProviderCheck {
  const guard = createGuardedAgent(network)
  const discover = createDiscover(fetch, { allowInsecure: network.allowPrivate })
  const authorizationPage = once((url: string) => authorizationPageOf(guard, url))
  const emptyRequest = once((tokenUrl: string, tokenRequest: Provider['tokenRequest']) =>
    emptyRequestTo(fetch, tokenUrl, tokenRequest),
  )
  const metadata = once((issuer: string, issuerTemplate: string | null) =>
    discover(issuer, { issuerTemplate }).catch(undiscovered),
  )
  return {
    async run(provider) {
      const { authorizationUrl, tokenUrl, tokenRequest, issuer, issuerTemplate } = provider
      const checks = [
        issuer === null ? [] : [named('metadata', compared(provider, metadata(issuer, issuerTemplate)))],
        named('authorizationUrl', authorizationPage(authorizationUrl)),
        named('tokenUrl', emptyRequest(tokenUrl, tokenRequest)),
      ]
      return Promise.all(checks.flat())
    },
    close: guard.close,
  }
}

async function named(name: string, meaning: Promise<Meaning>): Promise<Check> {
  return { name, ...(await meaning) }
}

async function compared(provider: Provider, metadata: Promise<Discovered | DiscoveryError>): Promise<Meaning> {
  const found = await metadata
  return found instanceof DiscoveryError ? undiscoveredMeaning(found) : metadataMeaning(provider, found)
}

function undiscovered(error: unknown): DiscoveryError {
  if (error instanceof DiscoveryError) return error
  throw error
}

async function authorizationPageOf(guard: GuardedAgent, url: string): Promise<Meaning> {
  try {
    return authorizationPageMeaning(await probe(guard, url))
  } catch (error) {
    return unansweredMeaning(error)
  }
}

async function emptyRequestTo(
  fetch: GuardedFetch,
  tokenUrl: string,
  tokenRequest: Provider['tokenRequest'],
): Promise<Meaning> {
  const standard = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }
  const empty = shapedTokenRequest({ headers: standard, body: new URLSearchParams() }, tokenRequest)
  try {
    const response = await fetch(tokenUrl, { method: 'POST', ...empty })
    const challenge = response.headers.get('www-authenticate')
    return emptyRequestMeaning({ status: response.status, text: await response.text(), challenge })
  } catch (error) {
    return unansweredMeaning(error)
  }
}

/** Remembers what was answered to the same question. */
function once<Question extends readonly unknown[], Answer>(
  ask: (...question: Question) => Promise<Answer>,
): (...question: Question) => Promise<Answer> {
  const asked = new Map<string, Promise<Answer>>()
  return (...question) => {
    const key = JSON.stringify(question)
    const answer = asked.get(key) ?? ask(...question)
    asked.set(key, answer)
    return answer
  }
}
