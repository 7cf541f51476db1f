import { ApiError } from './transport.js'

/** The API's code if someone does something too often. */
const TOO_MANY_REQUESTS = 'TOO_MANY_REQUESTS'

/** A typed error of the API, such as `NotFoundError`. Its message is for developers. */
export interface TypedError {
  __typename: string
  message: string
}

/** What the person sees instead of the messages that are for developers. All other messages are for people too. */
const FOR_PEOPLE: Readonly<Record<string, string>> = {
  NotFoundError: 'This is no longer available. Reload the page and try again.',
  ConnectorNotRequiredError: 'This setup no longer uses this app. Reload the page.',
  AuthorizationEndedError: 'This has already ended. Start again.',
  ConfirmationRefusedError: 'We couldn’t confirm that it was you, so nothing was connected. Start again.',
  UnknownChoiceError: 'This can’t be chosen. Choose another one.',
  ForbiddenError: 'Apps can’t be connected from this page. Contact support.',
  BindingImpossibleError: 'Apps can’t be connected from this page. Contact support.',
  InvalidReturnToError: 'Apps can’t be connected from this page. Contact support.',
  [TOO_MANY_REQUESTS]: 'You’ve tried this too often. Wait a minute, then try again.',
}

/** Returns what to tell the person: what happened and what to do, without technical terms. */
export function messageForPeople({ __typename, message }: TypedError): string {
  return FOR_PEOPLE[__typename] ?? message
}

/** Returns whether the API wants the person to wait before they do the same again. */
export function asksToWait(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === TOO_MANY_REQUESTS
}

/** Returns such an error in the form of a typed one. */
export function tooOften({ message }: ApiError): TypedError {
  return { __typename: TOO_MANY_REQUESTS, message }
}
