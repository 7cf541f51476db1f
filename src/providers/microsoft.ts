import type { ProviderDefinition } from './definition.js'

/** https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow */
export const microsoft: ProviderDefinition = {
  name: 'Microsoft',
  authorizationUrl: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
  tokenUrl: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
  clientAuthentication: 'client_secret_post',
  // https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
  approvalErrors: ['AADSTS90094', 'AADSTS900941', 'AADSTS90095'],
  identityScopes: ['openid', 'email', 'profile', 'offline_access'],
  // They are requested and take effect, but the token response never lists them. `.default` stands for all that an
  // administrator consented to: https://learn.microsoft.com/en-us/entra/identity-platform/scopes-oidc#the-default-scope
  unreportedScopes: ['offline_access', 'openid', 'email', 'profile', '.default'],
  // https://learn.microsoft.com/en-us/entra/identity-platform/scopes-oidc: without a resource, a scope is Graph's.
  // Responses use either form, and their own case.
  scopeRules: { prefixes: ['https://graph.microsoft.com/'], ignoreCase: true },
  // https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow#refresh-the-access-token, and
  // AADSTS90009 for scopes of the form api://…
  tokenRequest: { refreshSendsScopes: true },
  identity: { url: 'https://graph.microsoft.com/oidc/userinfo', idPath: 'sub', labelPaths: ['email', 'name'] },
  // https://learn.microsoft.com/en-us/graph/permissions-reference
  scopeDescriptions: {
    'User.Read': 'Read your profile',
    'User.ReadBasic.All': 'See the names and pictures of the people in your organization',
    'People.Read': 'See the people you work with most',
    'Mail.Read': 'Read your email',
    'Mail.ReadBasic': 'See the senders and subjects of your email, but not its content',
    'Mail.ReadWrite': 'Read, write and delete your email, but not send it',
    'Mail.Send': 'Send email as you',
    'MailboxSettings.Read': 'See your mailbox settings',
    'MailboxSettings.ReadWrite': 'See and change your mailbox settings',
    'Calendars.Read': 'See your calendars and their events',
    'Calendars.ReadWrite': 'See and change your calendars and their events',
    'Contacts.Read': 'See your contacts',
    'Contacts.ReadWrite': 'See, change and delete your contacts',
    'Files.Read': 'Read your files',
    'Files.ReadWrite': 'Read, change, create and delete your files',
    'Files.Read.All': 'Read all files that you have access to',
    'Files.ReadWrite.All': 'Read, change and delete all files that you have access to',
    'Sites.Read.All': 'Read documents and lists on all SharePoint sites that you have access to',
    'Tasks.Read': 'See your tasks',
    'Tasks.ReadWrite': 'See, change, create and delete your tasks',
    'Notes.Read': 'Read your OneNote notebooks',
    'Notes.ReadWrite': 'Read and change your OneNote notebooks',
    'Chat.Read': 'Read your Teams chats',
    'Chat.ReadWrite': 'Read your Teams chats, and send messages in them as you',
    'ChatMessage.Send': 'Send messages in your Teams chats as you',
    'ChannelMessage.Read.All': 'Read the Teams channels that you have access to',
    'ChannelMessage.Send': 'Post in Teams channels as you',
    'OnlineMeetings.ReadWrite': 'See and create your online meetings',
  },
  signInUrl: 'https://login.microsoftonline.com/',
}
