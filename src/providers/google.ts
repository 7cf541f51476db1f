import type { ProviderDefinition } from './definition.js'

/** https://developers.google.com/identity/protocols/oauth2/web-server and the issuer's discovery document. */
export const google: ProviderDefinition = {
  name: 'Google',
  authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenUrl: 'https://oauth2.googleapis.com/token',
  revocationUrl: 'https://oauth2.googleapis.com/revoke',
  issuer: 'https://accounts.google.com',
  // A refresh token comes only with both of these.
  authorizationParameters: { access_type: 'offline', prompt: 'consent' },
  clientAuthentication: 'client_secret_post',
  identityScopes: ['openid', 'email'],
  identity: { url: 'https://openidconnect.googleapis.com/v1/userinfo', idPath: 'sub', labelPaths: ['email', 'name'] },
  scopeAliases: {
    'https://www.googleapis.com/auth/userinfo.email': 'email',
    'https://www.googleapis.com/auth/userinfo.profile': 'profile',
  },
  // https://developers.google.com/identity/protocols/oauth2/scopes
  scopeDescriptions: {
    'https://mail.google.com/': 'Read, write, send and permanently delete all your email',
    'https://www.googleapis.com/auth/gmail.readonly': 'Read your email and its settings',
    'https://www.googleapis.com/auth/gmail.metadata': 'See the labels and headers of your email, but not its content',
    'https://www.googleapis.com/auth/gmail.modify': 'Read, write, send and organize your email',
    'https://www.googleapis.com/auth/gmail.compose': 'Write drafts and send email as you',
    'https://www.googleapis.com/auth/gmail.send': 'Send email as you',
    'https://www.googleapis.com/auth/gmail.labels': 'See and change your email labels',
    'https://www.googleapis.com/auth/gmail.settings.basic': 'See and change your email settings and filters',
    'https://www.googleapis.com/auth/calendar': 'See, change, share and delete all your calendars',
    'https://www.googleapis.com/auth/calendar.readonly': 'See all calendars that you have access to',
    'https://www.googleapis.com/auth/calendar.events': 'See and change the events in all your calendars',
    'https://www.googleapis.com/auth/calendar.events.readonly': 'See the events in all your calendars',
    'https://www.googleapis.com/auth/calendar.freebusy': 'See when you’re free or busy',
    'https://www.googleapis.com/auth/drive': 'See, change, create and delete all your files in Drive',
    'https://www.googleapis.com/auth/drive.readonly': 'See and download all your files in Drive',
    'https://www.googleapis.com/auth/drive.file': 'See and change only the files in Drive that you use with this app',
    'https://www.googleapis.com/auth/drive.metadata.readonly':
      'See the names of your files in Drive, but not their content',
    'https://www.googleapis.com/auth/documents': 'See, change, create and delete all your documents in Docs',
    'https://www.googleapis.com/auth/spreadsheets': 'See, change, create and delete all your spreadsheets in Sheets',
    'https://www.googleapis.com/auth/contacts': 'See, change and delete your contacts',
    'https://www.googleapis.com/auth/contacts.readonly': 'See and download your contacts',
    'https://www.googleapis.com/auth/tasks': 'See, change, create and delete all your tasks',
    'https://www.googleapis.com/auth/tasks.readonly': 'See your tasks',
  },
  signInUrl: 'https://accounts.google.com/',
}
