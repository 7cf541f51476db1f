/** Receives Patchbay's webhooks: verifies each request, stores the event, answers, and handles it afterwards. */
import { createServer, type IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { handleEvent } from './handle-event.js'
import { Inbox } from './inbox.js'
import { InvalidSignatureError, keyOf, verifySignature } from './signature.js'

const { WEBHOOK_SECRET, WEBHOOK_INBOX = 'webhook-inbox.jsonl', PORT = '4080' } = process.env
const { BIND_ADDRESS = '127.0.0.1' } = process.env

const PATH = '/hooks/patchbay'
/** Patchbay's events have a kilobyte or so. */
const MAX_BODY_BYTES = 64 * 1024
const FIRST_RETRY_MS = 1_000
const MAX_RETRY_MS = 60_000

class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError'
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) throw new BodyTooLargeError()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** Stores the request's event. @returns the status to answer with: anything but 2xx makes Patchbay try again */
async function receive(request: IncomingMessage, key: Buffer, inbox: Inbox): Promise<number> {
  if (request.url !== PATH) return 404
  if (request.method !== 'POST') return 405
  const id = header(request, 'webhook-id')
  try {
    const body = await bodyOf(request)
    const timestamp = header(request, 'webhook-timestamp')
    verifySignature({ id, timestamp, signature: header(request, 'webhook-signature') }, body, key)
    const isNew = await inbox.add({ id: String(id), receivedAt: Date.now(), body: body.toString('utf8') })
    console.info(isNew ? `Stored ${id}.` : `Ignored ${id}, which came before.`)
    return 204
  } catch (error) {
    if (error instanceof InvalidSignatureError) {
      console.warn(`Refused a request: ${error.message}.`)
      return 401
    }
    if (error instanceof BodyTooLargeError) return 413
    console.error(`Could not store ${id}:`, error)
    return 500
  }
}

/** Handles the stored events one after the other, so that events of one user stay in order. */
function createWorker(inbox: Inbox) {
  const stopping = new AbortController()
  let wake = () => {}

  async function run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS
    while (!stopping.signal.aborted) {
      const event = inbox.next()
      if (!event) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      try {
        await handleEvent(JSON.parse(event.body))
        await inbox.finish(event)
        retryMs = FIRST_RETRY_MS
      } catch (error) {
        console.error(`Could not handle ${event.id}. The next try is in ${retryMs / 1_000} s.`, error)
        await pause(retryMs, undefined, { signal: stopping.signal }).catch(() => {})
        retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)
      }
    }
  }

  const done = run()
  return {
    /** There is a new event. */
    notify: () => wake(),
    /** Finishes the event that is being handled. */
    async stop() {
      stopping.abort()
      wake()
      await done
    },
  }
}

async function main(): Promise<void> {
  if (!WEBHOOK_SECRET) throw new Error('Set WEBHOOK_SECRET to the secret that you got when you registered the webhook.')
  const key = keyOf(WEBHOOK_SECRET)
  const inbox = await Inbox.open(WEBHOOK_INBOX)
  const worker = createWorker(inbox)
  const server = createServer((request, response) => {
    receive(request, key, inbox).then((status) => {
      // A body that wasn't read to its end would be taken for the next request.
      if (!request.complete) response.setHeader('connection', 'close')
      response.writeHead(status).end()
      worker.notify()
    })
  })
  server.listen(Number(PORT), BIND_ADDRESS, () => {
    console.info(`Receiving webhooks at http://${BIND_ADDRESS}:${PORT}${PATH}`)
  })
  server.on('error', (error) => {
    console.error(error.message)
    process.exit(1)
  })
  const stop = () => {
    server.close(() => void worker.stop().then(() => process.exit(0)))
    server.closeIdleConnections()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

main().catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
