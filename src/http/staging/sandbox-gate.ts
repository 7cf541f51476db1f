import { redirectTo } from '../oauth/page.js'
import { pathOf } from '../server/routes.js'
import type { Gate } from './gate.js'
import type { PassCookie } from './pass-cookie.js'
import type { Passes } from './passes.js'
import { ENTER_PATH } from './staging-paths.js'

/** Short, because signing out at Patchbay can't end it. A browser that is still signed in there gets another one. */
const STAY_MS = 3_600_000

/** A gate in front of the sandbox, which also takes the tickets that Patchbay's sign-in gives. */
export function createSandboxGate(
  { sandboxUrl, passes, cookie }: { sandboxUrl: string; passes: Passes; cookie: PassCookie },
  gate: Gate,
): Gate {
  return async (request, response) => {
    if (pathOf(request) !== ENTER_PATH) return gate(request, response)
    const { searchParams } = new URL(request.url ?? '', sandboxUrl)
    const to = searchParams.get('to') ?? '/'
    const target = URL.canParse(to, sandboxUrl) ? new URL(to, sandboxUrl) : undefined
    const isOwn = target?.origin === sandboxUrl && target.pathname !== ENTER_PATH
    const { status, headers } = redirectTo(isOwn ? target.href : `${sandboxUrl}/`)
    if (passes.isValid('ticket', searchParams.get('ticket') ?? undefined)) {
      const until = new Date(Date.now() + STAY_MS)
      response.setHeader('set-cookie', cookie.set(passes.issue('sandbox', until), until))
    }
    // Without a valid ticket, the gate sends the browser back to the sign-in page.
    response.writeHead(status, headers).end()
    return true
  }
}
