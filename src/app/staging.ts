import type { IncomingMessage } from 'node:http'
import type { Config } from '../config/environment.js'
import { stagingSecrets } from '../config/staging-secrets.js'
import type { RateLimits } from '../domain/rate-limit/rate-limits.js'
import type { Authenticate } from '../http/authentication/authenticate.js'
import type { Brand } from '../http/brand/brand.js'
import type { RenderFor } from '../http/render-for.js'
import type { AddressOf } from '../http/server/addresses.js'
import { createPasswordDoorkeeper, createTokenDoorkeeper } from '../http/staging/doorkeeper.js'
import { createGate, type Gate } from '../http/staging/gate.js'
import { createIsOpenRequest } from '../http/staging/open-requests.js'
import { createPassCookie } from '../http/staging/pass-cookie.js'
import { createPasses } from '../http/staging/passes.js'
import { createSandboxGate } from '../http/staging/sandbox-gate.js'
import { createSignInRoutes } from '../http/staging/sign-in-routes.js'

interface StagingParts {
  publicUrl: string
  rateLimits: RateLimits
  authenticate: Authenticate
  addressOf: AddressOf
  renderFor: RenderFor
  brand: Brand
}

interface Staging {
  /** Stands in front of Patchbay. Undefined with the host's tokens, because then nothing of it is for demo people. */
  gate: Gate | undefined
  sandboxGate: Gate | undefined
  /** Whether a request comes from a browser that has signed in with the password, so that GraphiQL may have sent it. */
  hasPass(request: Pick<IncomingMessage, 'headers'>): boolean
  /** Where people sign in. */
  routes: ReturnType<typeof createSignInRoutes>
}

/** Puts what protects a staging together. Undefined in the other modes. */
export function createStaging(config: Config, parts: StagingParts): Staging | undefined {
  const { staging, vaultKeys = [], wizard, returnOrigins } = config
  if (!staging) return undefined
  const { password, sandboxUrl } = staging
  const { publicUrl, rateLimits, authenticate, addressOf, renderFor, brand } = parts
  const passes = createPasses(stagingSecrets(vaultKeys, password).passKeys)
  const doorkeeper =
    password === undefined ? createTokenDoorkeeper(authenticate) : createPasswordDoorkeeper(password, rateLimits)
  const cookie = createPassCookie(publicUrl, 'pages')
  const common = { publicUrl, passes, doorkeeper, addressOf }
  const host = password === undefined && wizard ? wizard : undefined
  return {
    gate:
      password === undefined
        ? undefined
        : createGate({ ...common, origin: publicUrl, name: 'pages', cookie, isOpen: createIsOpenRequest(brand) }),
    sandboxGate: sandboxUrl === undefined ? undefined : sandboxGateOf(sandboxUrl, common),
    hasPass: ({ headers }) => password !== undefined && passes.isValid('pages', cookie.in(headers.cookie)),
    routes: createSignInRoutes({ ...common, sandboxUrl, returnOrigins, cookie, host, renderFor }),
  }
}

function sandboxGateOf(
  sandboxUrl: string,
  common: Omit<Parameters<typeof createGate>[0], 'origin' | 'name' | 'cookie' | 'isOpen'>,
): Gate {
  const cookie = createPassCookie(sandboxUrl, 'sandbox')
  const gate = createGate({ ...common, origin: sandboxUrl, name: 'sandbox', cookie, isOpen: () => false })
  return createSandboxGate({ sandboxUrl, passes: common.passes, cookie }, gate)
}
