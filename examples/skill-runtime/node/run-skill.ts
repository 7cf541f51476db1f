/** Runs one step of a skill: reads the user's messages in the sandbox's mail app. */
import { callApp, TokenUnavailableError } from './access-token.js'
import { Patchbay, PatchbayError } from './patchbay.js'

const { API_URL = 'http://localhost:4000', API_KEY } = process.env
const {
  USER_SUBJECT = 'ada',
  USER_ORGANIZATION = 'northwind',
  MAIL_API = 'http://localhost:4010/acme-mail/api/messages',
} = process.env

const PLUGIN = 'meeting-assistant'
const SKILL = 'send-notes'
const CONNECTOR = 'acme-mail'

/** The app's own time limit for one request. */
const APP_TIMEOUT_MS = 10_000

const FIND_IDS = `
  query FindIds($plugin: String!, $connector: String!) {
    plugin(slug: $plugin) { skills { id slug } }
    connector(slug: $connector) { id }
  }`

interface Ids {
  plugin: { skills: { id: string; slug: string }[] } | null
  connector: { id: string } | null
}

/** Ids are permanent, so a runtime that runs many skills can remember them. */
async function findIds(patchbay: Patchbay): Promise<{ skillId: string; connectorId: string }> {
  const { plugin, connector } = await patchbay.execute<Ids>(FIND_IDS, { plugin: PLUGIN, connector: CONNECTOR })
  const skill = plugin?.skills.find(({ slug }) => slug === SKILL)
  if (!skill) throw new PatchbayError(`Patchbay has no skill ${PLUGIN}/${SKILL}.`)
  if (!connector) throw new PatchbayError(`Patchbay has no connector ${CONNECTOR}.`)
  return { skillId: skill.id, connectorId: connector.id }
}

async function readMessages(patchbay: Patchbay): Promise<string[]> {
  const user = { subject: USER_SUBJECT, organization: USER_ORGANIZATION }
  const request = { user, ...(await findIds(patchbay)) }
  const response = await callApp(patchbay, request, (accessToken) =>
    fetch(MAIL_API, {
      headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
      signal: AbortSignal.timeout(APP_TIMEOUT_MS),
    }),
  )
  if (!response.ok) throw new Error(`Acme Mail answered ${response.status}: ${await response.text()}`)
  const { messages } = (await response.json()) as { messages: string[] }
  return messages
}

/** What to tell the user when a skill can't act. */
function helpFor({ facts: { remedy, missingScopes } }: TokenUnavailableError): string {
  const setup = `${API_URL}/plugins/${PLUGIN}`
  switch (remedy) {
    case 'CONNECT':
      return `Connect the app: ${setup}`
    case 'REAUTHORIZE':
      return `Reconnect the app: ${setup}`
    case 'GRANT_SCOPES':
      return `Allow ${missingScopes.join(', ')}: ${setup}`
    case 'ASK_OPERATOR':
      return 'Ask your administrator.'
    case 'WAIT':
      return 'Try again later.'
    case null:
      return 'This runtime has to ask for something else: see docs/connections.md.'
  }
}

/** 0: done. 2: the user has to do something, so trying again doesn't help. 1: anything else. */
async function main(): Promise<number> {
  if (!API_KEY) {
    console.error('Set API_KEY to an API key with the scope tokens:issue.')
    return 1
  }
  try {
    const messages = await readMessages(new Patchbay(API_URL, API_KEY))
    console.info(`${messages.length} messages:\n${messages.map((message) => `- ${message}`).join('\n')}`)
    return 0
  } catch (error) {
    if (error instanceof TokenUnavailableError) {
      console.error(`${error.message}\n${helpFor(error)}`)
      return 2
    }
    console.error(error instanceof PatchbayError ? error.message : error)
    return 1
  }
}

process.exitCode = await main()
