import { GraphQLError } from 'graphql'

export interface ResponseLimits {
  /** Fields and list items, at all levels together. A field that is read separately counts for ten. */
  values: number
  /** Of names and texts, at all levels together. */
  characters: number
}

/**
 * What one response or one push may contain (decision 27). Executing it is synchronous, so everyone else waits for
 * that long.
 */
export const RESPONSE_LIMITS: ResponseLimits = { values: 30_000, characters: 10_000_000 }

/** Ends the whole operation, unlike the errors of single fields. */
export class ResponseTooLargeError extends GraphQLError {
  constructor(limit: keyof ResponseLimits, most: number) {
    super(
      `The response would have more than ${most.toLocaleString('en')} ${limit}. Select fewer fields, request smaller pages, or split the operation.`,
      { extensions: { code: 'LIMIT_EXCEEDED', limit } },
    )
  }
}

/** What is left of the limits during one execution. Once it is used up, everything that is still pending fails too. */
export class ResponseBudget {
  // Not private fields of the language, because they made the execution of a screen a tenth slower.
  private valuesLeft: number
  private charactersLeft: number
  private valuesLeftBefore: number

  constructor(private readonly limits: ResponseLimits) {
    this.valuesLeft = limits.values
    this.charactersLeft = limits.characters
    this.valuesLeftBefore = limits.values
  }

  /** Returns how many values were taken since it was last called. */
  lately(): number {
    const taken = this.valuesLeftBefore - this.valuesLeft
    this.valuesLeftBefore = this.valuesLeft
    return taken
  }

  /** @throws ResponseTooLargeError */
  takeValues(count: number): void {
    this.valuesLeft -= count
    if (this.valuesLeft < 0) throw new ResponseTooLargeError('values', this.limits.values)
  }

  /** @throws ResponseTooLargeError */
  takeCharacters(count: number): void {
    this.charactersLeft -= count
    if (this.charactersLeft < 0) throw new ResponseTooLargeError('characters', this.limits.characters)
  }
}
