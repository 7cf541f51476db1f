/** A host application, as far as Patchbay needs one: it says who is signed in. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Sessions } from './sessions.js'
import { openSigningKey, type SigningKey } from './signing-key.js'

/** The origin of Patchbay, and where this server listens. */
const { API_URL = 'http://localhost:4000', PORT = '4050', BIND_ADDRESS = '127.0.0.1' } = process.env
/** Under which browsers reach this application, and what its tokens say as their issuer. */
const { PUBLIC_URL = `http://localhost:${PORT}`, SIGNING_KEY_FILE, NODE_ENV } = process.env

const AUDIENCE = 'patchbay'

/**
 * `GET /patchbay-token`: a token for the signed-in user, or 401 if no one is. What PATCHBAY_WIZARD_TOKEN_URL names.
 *
 * Anyone who reads this answer can act as the user, so it's for Patchbay's pages alone.
 */
async function answerWithToken(
  request: IncomingMessage,
  response: ServerResponse,
  { key, sessions }: { key: SigningKey; sessions: Sessions },
): Promise<void> {
  response.setHeader('cache-control', 'no-store')
  response.setHeader('vary', 'origin, cookie')
  // One origin, spelled out. Never the one that the request names, and never *.
  response.setHeader('access-control-allow-origin', API_URL)
  response.setHeader('access-control-allow-credentials', 'true')
  const { origin } = request.headers
  if (origin !== undefined && origin !== API_URL && origin !== PUBLIC_URL) return end(response, 403)
  const user = sessions.userOf(request.headers.cookie)
  // No redirect to a sign-in page: the wizard couldn't follow it.
  if (!user) return end(response, 401)
  endWithJson(response, { token: await key.sign(user, { issuer: PUBLIC_URL, audience: AUDIENCE }) })
}

/** `GET /sign-in?as=user-7`: stands in for your sign-in page, which PATCHBAY_WIZARD_SIGN_IN_URL names. */
function signIn(userId: string, response: ServerResponse, sessions: Sessions): void {
  const cookie = sessions.signIn(userId)
  if (cookie === undefined) end(response, 404)
  else response.writeHead(303, { location: API_URL, 'set-cookie': cookie, 'cache-control': 'no-store' }).end()
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { key, sessions }: { key: SigningKey; sessions: Sessions },
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', PUBLIC_URL)
  if (request.method !== 'GET') return end(response, 405)
  switch (pathname) {
    case '/patchbay-token':
      return answerWithToken(request, response, { key, sessions })
    case '/.well-known/jwks.json':
      // Patchbay remembers it too. A new key has to be here for a while before it signs.
      response.setHeader('cache-control', 'public, max-age=300')
      return endWithJson(response, key.jwks)
    case '/sign-in':
      return signIn(searchParams.get('as') ?? 'user-7', response, sessions)
    default:
      return end(response, 404)
  }
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end()
}

function endWithJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function main(): Promise<void> {
  if (NODE_ENV === 'production' && SIGNING_KEY_FILE === undefined) {
    throw new Error('Set SIGNING_KEY_FILE: every instance has to sign with the same key.')
  }
  const parts = { key: await openSigningKey(SIGNING_KEY_FILE), sessions: new Sessions() }
  const server = createServer((request, response) => {
    answer(request, response, parts).catch((error) => {
      console.error(error)
      if (response.headersSent) response.destroy()
      else end(response, 500)
    })
  })
  server.listen(Number(PORT), BIND_ADDRESS, () => console.info(`The token endpoint is ${PUBLIC_URL}/patchbay-token`))
  server.on('error', (error) => {
    console.error(error.message)
    process.exit(1)
  })
  const stop = () => {
    server.close(() => process.exit(0))
    server.closeIdleConnections()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

main().catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
