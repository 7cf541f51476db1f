import type { IncomingMessage } from 'node:http'
import type { Reply } from '../oauth/page.js'
import type { RenderFor } from '../render-for.js'
import { GRAPHQL_PATH, pathOf, routeOf } from '../server/routes.js'
import { PEOPLE } from './development-issuer.js'

const AS = 'as'
/** Who GraphiQL can also be signed in as: a host’s back end. */
const BACK_END = 'key'

/** Returns the page for a visit as a demo person who doesn’t exist (`?as=zelda`), or undefined for any other visit. */
export type AnswerUnknownPerson = (request: IncomingMessage) => Reply | undefined

interface Options {
  renderFor: RenderFor
  /** Whether the wizard has demo people too. */
  inWizard: boolean
  /** Whether GraphiQL has an API key to be signed in with. */
  hasKey: boolean
}

export function createAnswerUnknownPerson({ renderFor, inWizard, hasKey }: Options): AnswerUnknownPerson {
  return (request) => {
    const path = pathOf(request)
    if (path !== GRAPHQL_PATH && !(inWizard && routeOf(path).page)) return undefined
    const asked = new URL(request.url ?? '', 'http://localhost').searchParams.get(AS)
    if (!asked) return undefined
    const known = [...Object.keys(PEOPLE), ...(path === GRAPHQL_PATH && hasKey ? [BACK_END] : [])]
    if (known.includes(asked)) return undefined
    const [first = ''] = known
    const ends = known.map((id) => `?${AS}=${id}`)
    return renderFor(request.headers)(({ unknownPerson: { title, line, link }, language }) => ({
      status: 404,
      title: title(asked),
      lines: [line(new Intl.ListFormat(language, { type: 'disjunction' }).format(ends))],
      unbroken: ends,
      tone: 'neutral',
      link: { href: `${path}?${AS}=${first}`, text: link(PEOPLE[first]?.name ?? first) },
    }))
  }
}
