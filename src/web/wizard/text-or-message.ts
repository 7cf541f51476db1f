import { ApiError } from '../client/transport.js'
import { asksToWait } from '../client/typed-errors.js'
import { texts } from './texts.js'

/** The text for a failure's code, or the API's own message for a code that this wizard doesn't know. */
export function failureTexts(
  { code, message, hint }: { code: string; message: string; hint?: string | null },
  app: string,
): { message: string; hint: string | null } {
  const known = Object.hasOwn(texts.failure, code) ? texts.failure[code as keyof typeof texts.failure] : undefined
  return known ? { message: known.message(app), hint: known.hint(app) } : { message, hint: hint ?? null }
}

/** Says what happened to a connection, without a period. Undefined for a code that this wizard doesn't know. */
export function problemEvent(code: string | null | undefined, app: string): string | undefined {
  return code && Object.hasOwn(texts.problem, code) ? texts.problem[code as keyof typeof texts.problem](app) : undefined
}

/**
 * Says what happened to a connection and what to do about it, or the API's own message for an unknown code.
 * @param advice null if the page says elsewhere what to do
 */
export function problemText(
  { code, message }: { code: string; message: string },
  app: string,
  advice: string | null = texts.reconnectToContinue,
): string {
  const event = problemEvent(code, app)
  if (!event) return message
  return advice ? `${event}. ${advice}` : `${event}.`
}

/** The same for a typed error, whose message is in English and may be for developers. */
export function refusalText({ __typename, message }: { __typename: string; message: string }): string {
  return Object.hasOwn(texts.refusal, __typename) ? texts.refusal[__typename as keyof typeof texts.refusal] : message
}

/** The same for an error that kept a connection from being checked. */
export function uncheckedText(error: { __typename: string; message: string }, app: string): string {
  const { __typename } = error
  return Object.hasOwn(texts.unchecked, __typename)
    ? texts.unchecked[__typename as keyof typeof texts.unchecked](app)
    : refusalText(error)
}

/**
 * What the person sees if something wasn't carried out at all: they have to wait, something went wrong, or the server
 * wasn't reached.
 */
export function troubleText(error: unknown): string {
  return asksToWait(error) ? texts.refusal.TOO_MANY_REQUESTS : texts.trouble[failureOf(error)]
}

/** Returns whether the server refused something, or wasn't reached. */
export function failureOf(error: unknown): 'refused' | 'unreached' {
  return error instanceof ApiError ? 'refused' : 'unreached'
}
