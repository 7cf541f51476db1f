import { EnvelopArmor } from '@escape.tech/graphql-armor'
import type { GraphQLError, ValidationContext } from 'graphql'
import { codedError } from '../coded-error.js'

const MOST = { depth: 16, aliases: 30, directives: 50, tokens: 2_000, cost: 50_000 }

type CountedLimit = Exclude<keyof typeof MOST, 'tokens'>

/** What to say if a query has too much of it, given the numbers in words. */
const EXCEEDED: Readonly<Record<CountedLimit, (found: string, most: string) => string>> = {
  depth: (found, most) =>
    `This query is ${found} levels deep, and ${most} is the limit. Select less within each other, or look up objects by their ids with \`node\`.`,
  aliases: (found, most) => `This query has ${found} aliases, and ${most} is the limit. Split it into several queries.`,
  directives: (found, most) =>
    `This query has ${found} directives, and ${most} is the limit. Remove some, or split it into several queries.`,
  cost: (found, most) =>
    `This query costs ${found}, and ${most} is the limit. Ask for fewer with \`first\`, select fewer fields, or split it into several queries.`,
}

/** The limits on what a document may ask for, as plugins. A limit that is exceeded is a validation error like any other. */
export function queryLimits() {
  return new EnvelopArmor({
    maxDepth: { n: MOST.depth, ...reporting('depth') },
    maxAliases: { n: MOST.aliases, ...reporting('aliases') },
    maxDirectives: { n: MOST.directives, ...reporting('directives') },
    costLimit: { maxCost: MOST.cost, depthCostFactor: 1.3, ...reporting('cost') },
    maxTokens: { n: MOST.tokens, onReject: [refuseTokens] },
    blockFieldSuggestion: { enabled: false }, // it leaves those of enum values, input fields and variables
  }).protect().plugins
}

/** Reports instead of throwing, so that the error is one of the document's. */
function reporting(limit: CountedLimit) {
  const report = (context: ValidationContext | null, { message }: GraphQLError) =>
    context?.reportError(
      codedError('GRAPHQL_VALIDATION_FAILED', EXCEEDED[limit](found(message), inDigits(MOST[limit])), { limit }),
    )
  return { propagateOnRejection: false, onReject: [report] }
}

/** Ends parsing, before the rest of the text is looked at. So it isn't known how many there are. */
function refuseTokens(): never {
  throw codedError(
    'GRAPHQL_PARSE_FAILED',
    `This query has more than ${inDigits(MOST.tokens)} names, values and punctuation marks, which is the limit. Pass values as variables, or split it into several queries.`,
    { limit: 'tokens' },
  )
}

/** Returns how many a query has, which graphql-armor says only in its message. */
function found(message: string): string {
  const [, number] = /found ([\d.]+)\.$/.exec(message) ?? []
  return number === undefined ? 'too many' : inDigits(Math.ceil(Number(number)))
}

function inDigits(number: number): string {
  return number.toLocaleString('en')
}
