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
  ForbiddenError: 'Apps can’t be connected from this page. Contact support.',
  BindingImpossibleError: 'Apps can’t be connected from this page. Contact support.',
  InvalidReturnToError: 'Apps can’t be connected from this page. Contact support.',
}

/** Returns what to tell the person: what happened and what to do, without technical terms. */
export function messageForPeople({ __typename, message }: TypedError): string {
  return FOR_PEOPLE[__typename] ?? message
}
