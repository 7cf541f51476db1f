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
    'https://mail.google.com/': 'Read, write, send and delete all your mail, for good too',
    'https://www.googleapis.com/auth/gmail.readonly': 'Read your mail and its settings',
    'https://www.googleapis.com/auth/gmail.metadata': 'See labels and headers of your mail, not what it says',
    'https://www.googleapis.com/auth/gmail.modify': 'Read, write, send and sort your mail',
    'https://www.googleapis.com/auth/gmail.compose': 'Write drafts, and send mail as you',
    'https://www.googleapis.com/auth/gmail.send': 'Send mail as you',
    'https://www.googleapis.com/auth/gmail.labels': 'See and change the labels of your mail',
    'https://www.googleapis.com/auth/gmail.settings.basic': 'See and change your mail’s settings and filters',
    'https://www.googleapis.com/auth/calendar': 'See, change, share and delete all your calendars',
    'https://www.googleapis.com/auth/calendar.readonly': 'See every calendar that you can see',
    'https://www.googleapis.com/auth/calendar.events': 'See and change the events in all your calendars',
    'https://www.googleapis.com/auth/calendar.events.readonly': 'See the events in all your calendars',
    'https://www.googleapis.com/auth/calendar.freebusy': 'See when you are free and when you are busy',
    'https://www.googleapis.com/auth/drive': 'See, change, create and delete all your files in Drive',
    'https://www.googleapis.com/auth/drive.readonly': 'See and download all your files in Drive',
    'https://www.googleapis.com/auth/drive.file': 'See and change only those files in Drive that you use with it',
    'https://www.googleapis.com/auth/drive.metadata.readonly': 'See what files you have in Drive, not what is in them',
    'https://www.googleapis.com/auth/documents': 'See, change, create and delete all your documents in Docs',
    'https://www.googleapis.com/auth/spreadsheets': 'See, change, create and delete all your spreadsheets in Sheets',
    'https://www.googleapis.com/auth/contacts': 'See, change and delete your contacts',
    'https://www.googleapis.com/auth/contacts.readonly': 'See and download your contacts',
    'https://www.googleapis.com/auth/tasks': 'See, change, create and delete all your tasks',
    'https://www.googleapis.com/auth/tasks.readonly': 'See your tasks',
  },
  signInUrl: 'https://accounts.google.com/',
}
