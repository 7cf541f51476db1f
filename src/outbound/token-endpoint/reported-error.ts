import type { ReportedError } from '../../domain/ports/oauth-client.js'
import { wellFormed } from '../error-code.js'
import { type AnswerBody, isObject } from './answer-body.js'

/** Where providers put an error's code, the standard's place first. Each may also be a member of `error`. */
const CODE_MEMBERS = [
  'error',
  'errors',
  'error_code',
  'errorCode',
  'errcode',
  'code',
  'status',
  'type',
  'category',
  'errorType',
  'error_type',
  'reason',
  'title',
]
const TEXT_MEMBERS = [
  'error_description',
  'errorDescription',
  'error_message',
  'errorMessage',
  'errmsg',
  'message',
  'detail',
  'description',
  'msg',
  'errorSummary',
]
/** Said by responses that report no error. */
const NO_ERROR = /^(?:0|ok|success|true|none|null|undefined|false|2\d\d)?$/i
const MAX_CODES = 20
const MAX_TEXT_LENGTH = 300

/**
 * Returns everything in a response that names an error, the standard's `error` first: nested, in lists and under other
 * names, in the challenge of `WWW-Authenticate` (RFC 6750 §3), or as plain text.
 */
export function errorCodes({ members, text, isPage }: AnswerBody, challenge: string | null): string[] {
  const found: string[] = []
  if (members) collect(members, found, 0)
  const challenged = /\berror\s*=\s*"?([\w.-]+)/i.exec(challenge ?? '')?.[1]
  if (challenged) found.push(challenged)
  if (members) found.push(...TEXT_MEMBERS.flatMap((name) => textOf(members[name])))
  else if (!isPage && text.length <= MAX_TEXT_LENGTH) found.push(text)
  return [...new Set(found.map((code) => code.trim()))].filter((code) => !NO_ERROR.test(code)).slice(0, MAX_CODES)
}

/** Returns whether a response with a status of success reports an error all the same. */
export function reportsError(members: Record<string, unknown>): boolean {
  const { error, errors, ok, success } = members
  const says = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number'
      ? !NO_ERROR.test(String(value).trim())
      : Array.isArray(value)
        ? value.length > 0
        : isObject(value) && Object.keys(value).length > 0
  return says(error) || error === true || says(errors) || ok === false || success === false
}

function collect(value: Record<string, unknown>, found: string[], depth: number): void {
  for (const name of CODE_MEMBERS) {
    for (const one of [value[name]].flat()) {
      if (typeof one === 'string' || typeof one === 'number') found.push(String(one))
      else if (isObject(one) && depth < 3) {
        collect(one, found, depth + 1)
        found.push(...TEXT_MEMBERS.flatMap((text) => textOf(one[text])))
      }
    }
  }
}

function textOf(value: unknown): string[] {
  return [value].flat().filter((one): one is string => typeof one === 'string' && one !== '')
}

/**
 * Returns what a response says about its error, for operators: bounded, on one line, and without anything that was sent.
 * @param secrets values of the request that must not be repeated
 */
export function reportedError(
  { host, status, challenge }: { host: string; status: number; challenge: string | null },
  body: AnswerBody,
  secrets: readonly string[],
): ReportedError {
  const [first = null] = errorCodes(body, challenge).filter((code) => wellFormed(code) !== null)
  const { members } = body
  const nested = members && isObject(members.error) ? members.error : {}
  const described = members
    ? TEXT_MEMBERS.flatMap((name) => [...textOf(members[name]), ...textOf(nested[name])])[0]
    : body.isPage
      ? undefined
      : body.text
  const challenged = /\berror_description\s*=\s*"([^"]*)"/i.exec(challenge ?? '')?.[1]
  return {
    host,
    status,
    code: withoutSecrets(first, secrets),
    description: quotable(described || challenged || '', secrets),
  }
}

/** Returns what a callback says about its error (RFC 6749 §4.1.2.1). The browser may have changed it. */
export function reportedInCallback(parameters: URLSearchParams): ReportedError {
  const secrets = ['code', 'state'].flatMap((name) => parameters.getAll(name))
  const code = withoutSecrets(wellFormed(parameters.get('error') ?? ''), secrets)
  const description = quotable(parameters.get('error_description') ?? '', secrets)
  return { host: null, status: null, code, description }
}

/** A code that repeats a secret is none. */
function withoutSecrets(code: string | null, secrets: readonly string[]): string | null {
  return code !== null && secrets.some((secret) => secret.length > 3 && code.includes(secret)) ? null : code
}

/** Returns what may be shown of a text that an app sent: bounded, on one line, and without what may be secret. */
export function quotable(text: string, secrets: readonly string[]): string | null {
  let clean = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  for (const secret of secrets.filter(({ length }) => length > 3)) clean = clean.replaceAll(anyFormOf(secret), '…')
  for (const [pattern, kept] of ALSO_SECRET) clean = clean.replaceAll(pattern, kept)
  return clean === '' ? null : clean.slice(0, MAX_TEXT_LENGTH)
}

/**
 * Matches a secret as it is and percent-encoded, also repeatedly. Servers differ in which characters they encode
 * (RFC 3986 §2.3).
 */
function anyFormOf(secret: string): RegExp {
  const forms = Array.from(secret, (character) => {
    if (/[a-z0-9]/i.test(character)) return character
    const bytes = Buffer.from(character).toString('hex')
    const eitherCase = bytes.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
    const encoded = eitherCase.match(/(?:\d|\[..\]){2}/g)?.map((byte) => `%(?:25)*${byte}`)
    return `(?:\\u{${character.codePointAt(0)?.toString(16)}}|${encoded?.join('')})`
  })
  return new RegExp(forms.join(''), 'gu')
}

/**
 * What may be secret or about a person, although this request didn't contain it. Repetitions have a limit, so that a long
 * text takes no longer per character than a short one.
 */
const ALSO_SECRET: readonly (readonly [RegExp, string])[] = [
  // What else was in an address that the app repeats.
  [/(\bhttps?:\/\/[^\s?#]{0,2000})[?#]\S*/gi, '$1'],
  [/\b(basic|bearer)(?: |\+|%20)+[\w~+/.-]+=*/gi, '…'],
  [/[^\s@<>"'(),:;]{1,64}@[^\s@<>"'(),:;]{1,255}/g, '…'],
  // A token of another person or of an earlier response.
  [/[\w~+/.-]{40,}=*/g, '…'],
]
