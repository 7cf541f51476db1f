import { type FailureTexts, failures } from '../failures/en.js'

/** The texts of the pages that the server renders: those on the way to a consent screen and back, and for wrong addresses. */
export const en = {
  language: 'en',
  failure: failures as FailureTexts,
  close: 'Close this window',
  proceed: 'Continue',
  elsewhere: { title: 'Continue in your application', line: 'The page you came from shows how it ended.' },
  nativeApp: {
    title: 'Go back to your app',
    line: (app: string) => `The result goes to ${app}. Continue only if you started this in that app.`,
    hint: 'Afterward, you can close this window.',
    link: 'Open the app',
    handledTitle: 'Go back to your app',
    handledLine:
      'This page works once, and it was opened before. If nothing is connected in your app, start again there.',
  },
  choice: {
    title: (app: string) => `What do you want to connect in ${app}?`,
    line: (app: string) =>
      `You gave access to several places in ${app}, such as sites or companies. Choose one now. You can connect the others later.`,
    unknown: 'This isn’t one of your choices. Choose one of these.',
  },
  denied: (app: string) => `${app} isn’t connected`,
  failed: (app: string) => `${app} couldn’t be connected`,
  /** In place of that, if a connection exists and was to be repaired. */
  unrepaired: (app: string) => `Your ${app} connection didn’t change`,
  connected: { title: (app: string) => `${app} is connected`, line: 'You can close this window.' },
  incomplete: {
    title: (app: string) => `${app} is connected, but needs permissions`,
    line: 'Some skills can’t work without the permissions below. To grant them, go back to the page you came from.',
  },
  canceled: {
    title: (app: string) => `Connecting ${app} was canceled`,
    line: 'Start again from the page you came from.',
  },
  superseded: { title: (app: string) => `${app} is already connected`, line: 'It was connected in another window.' },
  open: { title: (app: string) => `Connecting ${app}`, line: 'Continue on the page you came from.' },
  moment: 'One moment…',
  handled: (title: string) => `Already handled: ${title}`,
  unknown: {
    title: 'Link not found',
    line: 'This link is invalid or has expired. Start again from the page you came from.',
  },
  tooManyUnknown: {
    title: 'Too many invalid links',
    line: 'This link is invalid or has expired, and so were many others that were opened from your network.',
    hint: 'Start again from the page you came from. A new link works.',
  },
  wrongBrowser: {
    title: 'This was started in another browser',
    line: (app: string) => `${app} can only be connected in the browser where you started. Nothing was connected.`,
    hint: 'If someone sent you this link, don’t use it: it would connect your account to theirs. To connect your own account, start in the application where you’re signed in.',
  },
  badCallback: {
    title: 'Incomplete response',
    /** What is wrong with what the app sent. */
    fault: {
      repeated: 'The app sent a parameter twice.',
      long: 'The app sent a parameter that is too long.',
      stateless: 'The state parameter is missing.',
      contradictory: 'The app sent both a code and an error.',
      large: 'The response is too large.',
      formless: 'The response isn’t a form.',
    },
    hint: 'Nothing was connected. Start again from the page you came from.',
  },
  broken: {
    title: 'Something went wrong on our side',
    line: 'Start again from the page you came from.',
    hint: (requestId: string) => `If the problem persists, contact support and quote ${requestId}.`,
  },
  notNow: { title: 'Temporarily unavailable', line: 'Nothing is lost. Reload this page in a minute.' },
  notFound: {
    title: 'Page not found',
    line: 'There’s nothing at this address. The link may be out of date.',
    link: 'Go to the start page',
  },
  staging: {
    title: 'Sign in to staging',
    line: (product: string) => `You can try ${product} here with demo users and pretend apps.`,
    password: 'Password',
    link: 'Sign in',
    wrong: 'That password is wrong. Try again.',
    tooMany: 'Too many wrong passwords came from your network.',
    later: (seconds: number) => (seconds === 1 ? 'Try again in a second.' : `Try again in ${seconds} seconds.`),
    checking: 'One moment. We’re checking whether you’re signed in to your application.',
    signedOut: 'Sign in to your application first. Then open this page again.',
    unreachable: 'Your application couldn’t be reached. Try again in a minute.',
    toApplication: 'Go to your application',
    again: 'Try again',
  },
  unknownPerson: {
    title: (id: string) => `There’s no demo user named ${id}`,
    line: (known: string) => `End the address with ${known}.`,
    link: (name: string) => `Continue as ${name}`,
  },
  otherName: {
    title: (product: string) => `Open ${product} under its own name`,
    line: 'It doesn’t work under the one in this address.',
    link: (product: string) => `Go to ${product}`,
  },
}

/** The same in another language. */
export type PageTexts = typeof en
