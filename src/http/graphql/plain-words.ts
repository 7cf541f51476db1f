/** A pattern of graphql-js's message, and what to say instead. `$1` and so on are the pattern's groups. */
type Saying = readonly [pattern: RegExp, said: string]

const QUOTED = '"(.+?)"'

/**
 * What graphql-js says about a document or its variables, in words for people who don't know GraphQL's specification.
 * Whatever is missing here is said as graphql-js does.
 */
const SAYINGS: readonly Saying[] = [
  [re(`Cannot query field ${QUOTED} on type ${QUOTED}\\.`), 'The type $2 has no field “$1”.'],
  [re(`Unknown argument ${QUOTED} on field ${QUOTED}\\.`), 'The field $2 has no argument “$1”.'],
  [re(`Unknown argument ${QUOTED} on directive ${QUOTED}\\.`), 'The directive $2 has no argument “$1”.'],
  [
    re(`Unknown directive ${QUOTED}\\.`),
    'There is no directive “$1”. Remove it. Operations may have @skip and @include.',
  ],
  [re(`Unknown type ${QUOTED}\\.`), 'The schema has no type “$1”.'],
  [re(`Unknown fragment ${QUOTED}\\.`), 'The document has no fragment “$1”. Add it, or remove “...$1”.'],
  [re(`Fragment ${QUOTED} is never used\\.`), 'The fragment “$1” is never used. Remove it, or spread it with “...$1”.'],
  [
    /^Cannot spread fragment "(.+?)" within itself(.*)\.$/s,
    'The fragment “$1” contains itself$2. Fragments must not go in circles.',
  ],
  [
    re(`Field ${QUOTED} argument ${QUOTED} of type ${QUOTED} is required, but it was not provided\\.`),
    'The field “$1” needs the argument “$2”, of type $3. Add it.',
  ],
  [
    /^Field "(.+?)" of type "(.+?)" must have a selection of subfields\..*$/s,
    'The field “$1” is an object ($2). Select fields of it, as in “$1 { __typename }”.',
  ],
  [
    re(`Field ${QUOTED} must not have a selection since type ${QUOTED} has no subfields\\.`),
    'The field “$1” is a single value ($2), so remove the “{ … }” behind it.',
  ],
  [
    re(`Variable "(\\$.+?)" is not defined(?: by operation ".+?")?\\.`),
    'The variable $1 isn’t declared. Add it, with its type, in parentheses after the operation’s name.',
  ],
  [
    re(`Variable "(\\$.+?)" is never used(?: in operation ".+?")?\\.`),
    'The variable $1 is declared, but never used. Remove it.',
  ],
  [
    re(`Variable "(\\$.+?)" of type ${QUOTED} used in position expecting type ${QUOTED}\\.`),
    'The variable $1 is declared as $2, but is used where $3 is needed. Declare it as $3.',
  ],
  [
    re(`Variable "(\\$.+?)" of required type ${QUOTED} was not provided\\.`),
    'The variable $1 is missing. Send a value of type $2 in “variables”.',
  ],
  [
    re(`Variable "(\\$.+?)" of non-null type ${QUOTED} must not be null\\.`),
    'The variable $1 is null. Send a value of type $2 in “variables”.',
  ],
  [
    re(`Field ${QUOTED} of required type ${QUOTED} was not provided\\.`),
    'The input field “$1”, of type $2, is missing. Add it.',
  ],
  [re(`Field ${QUOTED} is not defined by type ${QUOTED}\\.`), 'The input $2 has no field “$1”.'],
  [/^Value "(.+?)" does not exist in "(.+?)" enum\.$/s, '“$1” isn’t one of the values of $2.'],
  [/^Enum "(.+?)" cannot represent non-(?:enum|string) value: (.+?)\.?$/s, 'A value of $1 is needed, and not $2.'],
  [/^Int cannot represent non-integer value: (.+)$/s, 'A whole number is needed, and not $1.'],
  [
    /^Int cannot represent non 32-bit signed integer value: (.+)$/s,
    'A whole number from -2147483648 to 2147483647 is needed, and not $1.',
  ],
  [/^Float cannot represent non numeric value: (.+)$/s, 'A number is needed, and not $1.'],
  [/^String cannot represent a non string value: (.+)$/s, 'A text is needed, and not $1.'],
  [/^Boolean cannot represent a non boolean value: (.+)$/s, 'true or false is needed, and not $1.'],
  [
    /^ID cannot represent (?:a non-string and non-integer )?value: (.+)$/s,
    'An id is needed, which is a text, and not $1.',
  ],
  [/^Expected value of type "(.+?)", found (.+)\.$/s, 'A value of type $1 is needed, and not $2.'],
  [/^Expected type "(.+?)" to be an object\.$/s, 'An object of type $1 is needed.'],
  [/^Expected non-nullable type "(.+?)" not to be null\.$/s, 'A value of type $1 is needed, and not null.'],
  [
    /^Too many (?:validation errors|errors processing variables), error limit reached\. (?:Validation|Execution) aborted\.$/,
    'There are more errors. These are the first ones.',
  ],
  [
    /^Fields "(.+?)" conflict because (.+)\. Use different aliases .*$/s,
    'The fields “$1” are selected twice, and $2. Give one of them an alias, as in “other: …”.',
  ],
  [
    /^This anonymous operation must be the only defined operation\.$/,
    'The document has several operations, so give each of them a name.',
  ],
  [
    /^GraphQL introspection has been disabled, but the requested query contained the field "(.+?)"\.$/,
    'GraphQL introspection has been disabled on this server, so “$1” can’t be queried. Use the schema in Patchbay’s repository, or ask an operator to set PATCHBAY_INTROSPECTION.',
  ],
]

const SUGGESTION = / Did you mean (.+)\?$/s
/** What follows the value says what is wrong with it, in words that are also used of documents. */
const INVALID_VARIABLE = /^(Variable "(\$.+?)" got invalid value (.*?)(?: at ".+?")?; )(.+)$/s

/** What to do about a name that the schema doesn't have, unless a similar one is suggested. */
export const LOOK_UP = ' Look it up in the schema.'
const UNKNOWN_NAME = / has no (?:field|argument|type) |isn’t one of the values of /

/**
 * Says in plain words what graphql-js says about a document or its variables. A suggestion of graphql-js stays at the
 * end, because it isn't there where it mustn't be.
 */
export function inPlainWords(message: string): string {
  const [, start, variable, value, fault] = INVALID_VARIABLE.exec(message) ?? []
  if (start !== undefined && fault !== undefined) {
    // The value is not repeated.
    return `The variable ${variable} has an invalid value, ${requoted(value ?? '')}: ${inPlainWords(fault).replace(/, and not .+\.$/s, '.')}`
  }
  const suggestion = message.includes('must have a selection') ? '' : (SUGGESTION.exec(message)?.[0] ?? '')
  const fact = suggestion === '' ? message : message.slice(0, -suggestion.length)
  const saying = SAYINGS.find(([pattern]) => pattern.test(fact))
  if (!saying) return message
  const said = fact.replace(...saying)
  return requoted(`${said}${suggestion || (UNKNOWN_NAME.test(said) ? LOOK_UP : '')}`)
}

/** Quotes everything as our own words are, except inside objects and lists, because they are code. */
function requoted(text: string): string {
  return /[{[][^}\]“]*"/.test(text) ? text : text.replace(/"((?:[^"\\]|\\.)*)"/gs, '“$1”')
}

/** Says what a syntax error of graphql-js is about. @param place where it is, if that is known */
export function syntaxInPlainWords(message: string, place: { line: number; column: number } | undefined): string {
  if (message === 'Syntax Error: Unexpected <EOF>.')
    return 'The query is empty. Send the text of an operation as “query”.'
  const [, first = '', rest = ''] = /^Syntax Error: (.)(.*)$/s.exec(message) ?? []
  if (first === '' || !place) return message
  const what = `${first.toLowerCase()}${rest}`.replace('expected Name', 'expected a name')
  const fact = `The query isn’t valid GraphQL at line ${place.line}, column ${place.column}: `
  if (!what.includes('<EOF>')) return `${fact}${what.replace(/"(.*)"/s, '“$1”')}`
  return `${fact}${what.replaceAll('<EOF>', 'the end of the query')} A closing bracket may be missing.`
}

/** What yoga says about requests that contain no operation. */
const SAYINGS_ABOUT_REQUESTS: readonly Saying[] = [
  [/^POST body sent invalid JSON\.$/, 'The body isn’t valid JSON. Send an object with “query”.'],
  [/^Must provide query string\.$/, 'The request has no query. Send the text of the operation as “query”.'],
  [/^Expected "query" param to be a string, but given (.+)\.$/, 'The “query” has to be text, but its type is $1.'],
  [
    /^Expected "(.+)" param to be empty or an object, but given (.+)\.$/,
    'The “$1” have to be an object, but their type is $2.',
  ],
  [
    /^Expected params to be an object but given (.+)\.$/,
    'The body has to be an object with “query”, but its type is $1.',
  ],
  [/^Invalid "params" in the request body$/, 'The body has to be an object with “query”.'],
  [
    /^Unexpected parameter "(.+)" in the request body\.$/s,
    'The request has an unknown parameter, “$1”. Send only query, documentId, variables, operationName and extensions.',
  ],
  [/^Batching is not supported\.$/, 'Batching isn’t supported. Send each operation in a request of its own.'],
]

/** Says in plain words what yoga says about a request. */
export function requestInPlainWords(message: string): string {
  const saying = SAYINGS_ABOUT_REQUESTS.find(([pattern]) => pattern.test(message))
  return saying ? message.replace(...saying) : message
}

function re(text: string): RegExp {
  return new RegExp(`^${text}$`, 's')
}
