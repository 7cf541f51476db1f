import type { Known } from './known-elsewhere.js'

/** A provider of ours for which other libraries have other addresses. */
export interface Difference {
  provider: string
  in: readonly Known['library'][]
  /** Their addresses that differ, without a query and a final slash. */
  authorizationUrl?: string
  tokenUrl?: string
}

/** Every difference, and why we keep ours. */
export const DIFFERENCES: readonly (Difference & { reason: string })[] = [
  {
    provider: 'azure-devops',
    in: ['grant'],
    authorizationUrl: 'https://app.vssps.visualstudio.com/oauth2/authorize',
    tokenUrl: 'https://app.vssps.visualstudio.com/oauth2/token',
    reason: 'Azure DevOps OAuth accepts no new apps. Microsoft Entra replaces it.',
  },
  {
    provider: 'azure-devops',
    in: ['@auth/core'],
    authorizationUrl: 'https://app.vssps.visualstudio.com/oauth2/authorize',
    tokenUrl: 'https://app.vssps.visualstudio.com/oauth2/authorize',
    reason: 'As in grant. The token endpoint is a mistake in the library, which has the authorization URL twice.',
  },
  {
    provider: 'battle-net',
    in: ['grant'],
    authorizationUrl: 'https://acme.battle.net/oauth/authorize',
    tokenUrl: 'https://acme.battle.net/oauth/token',
    reason: 'Blizzard had a host for each region, and documents oauth.battle.net for all of them now.',
  },
  {
    provider: 'box',
    in: ['grant'],
    authorizationUrl: 'https://api.box.com/oauth2/authorize',
    reason: 'An older address. Box’s OpenAPI description has account.box.com.',
  },
  {
    provider: 'buffer',
    in: ['grant'],
    authorizationUrl: 'https://bufferapp.com/oauth2/authorize',
    tokenUrl: 'https://api.bufferapp.com/1/oauth2/token.json',
    reason: 'Buffer’s first API. Ours is the GraphQL API, with its own server for sign-in.',
  },
  {
    provider: 'constant-contact',
    in: ['grant'],
    authorizationUrl: 'https://oauth2.constantcontact.com/oauth2/oauth/siteowner/authorize',
    tokenUrl: 'https://oauth2.constantcontact.com/oauth2/oauth/token',
    reason: 'Version 2 of the API. Ours is version 3.',
  },
  {
    provider: 'discord',
    in: ['grant', '@auth/core'],
    authorizationUrl: 'https://discord.com/api/oauth2/authorize',
    reason: 'An older address. Discord documents the one without /api.',
  },
  {
    provider: 'facebook',
    in: ['arctic'],
    authorizationUrl: 'https://www.facebook.com/v16.0/dialog/oauth',
    tokenUrl: 'https://graph.facebook.com/v16.0/oauth/access_token',
    reason: 'A version of the API that has ended. Without one, Facebook uses the oldest that it still supports.',
  },
  {
    provider: 'facebook',
    in: ['@auth/core'],
    authorizationUrl: 'https://www.facebook.com/v19.0/dialog/oauth',
    reason: 'As in arctic, with another version.',
  },
  {
    provider: 'figma',
    in: ['grant'],
    tokenUrl: 'https://www.figma.com/api/oauth/token',
    reason: 'An older address. Figma’s OpenAPI description has api.figma.com/v1.',
  },
  {
    provider: 'freshbooks',
    in: ['@auth/core'],
    authorizationUrl: 'https://auth.freshbooks.com/service/auth/oauth/authorize',
    reason: 'An older address. FreshBooks documents the one without /service/auth.',
  },
  {
    provider: 'gumroad',
    in: ['grant'],
    tokenUrl: 'https://gumroad.com/oauth/token',
    reason: 'An older address. Gumroad documents api.gumroad.com.',
  },
  {
    provider: 'harvest',
    in: ['grant'],
    authorizationUrl: 'https://api.harvestapp.com/oauth2/authorize',
    tokenUrl: 'https://api.harvestapp.com/oauth2/token',
    reason: 'Version 1 of the API. Version 2 has Harvest ID.',
  },
  {
    provider: 'hubspot',
    in: ['@auth/core'],
    tokenUrl: 'https://api.hubapi.com/oauth/v1/token',
    reason: 'HubSpot calls version 1 legacy.',
  },
  {
    provider: 'instagram',
    in: ['grant', '@auth/core'],
    authorizationUrl: 'https://api.instagram.com/oauth/authorize',
    reason: 'The Basic Display API, which has ended. Ours is the API with Instagram Login.',
  },
  {
    provider: 'keap',
    in: ['grant'],
    authorizationUrl: 'https://signin.infusionsoft.com/app/oauth/authorize',
    reason: 'An older address. Keap documents accounts.infusionsoft.com.',
  },
  {
    provider: 'mastodon',
    in: ['arctic'],
    authorizationUrl: 'https://mastodon.social/api/v1/oauth/authorize',
    tokenUrl: 'https://mastodon.social/api/v1/oauth/token',
    reason: 'Mastodon documents both without /api/v1, and other libraries agree.',
  },
  {
    provider: 'paypal',
    in: ['grant'],
    authorizationUrl: 'https://www.paypal.com/webapps/auth/protocol/openidconnect/v1/authorize',
    tokenUrl: 'https://api.paypal.com/v1/identity/openidconnect/tokenservice',
    reason: 'Older addresses of Log in with PayPal.',
  },
  {
    provider: 'pinterest',
    in: ['grant'],
    authorizationUrl: 'https://api.pinterest.com/oauth',
    tokenUrl: 'https://api.pinterest.com/v1/oauth/token',
    reason: 'Version 1 of the API. Ours is version 5.',
  },
  {
    provider: 'podio',
    in: ['grant'],
    tokenUrl: 'https://podio.com/oauth/token',
    reason: 'An older address. Podio documents api.podio.com/oauth/token/v2.',
  },
  {
    provider: 'reddit',
    in: ['grant'],
    authorizationUrl: 'https://ssl.reddit.com/api/v1/authorize',
    tokenUrl: 'https://ssl.reddit.com/api/v1/access_token',
    reason: 'An older host. Reddit documents www.reddit.com.',
  },
  {
    provider: 'slack',
    in: ['grant'],
    authorizationUrl: 'https://slack.com/oauth/authorize',
    tokenUrl: 'https://slack.com/api/oauth.access',
    reason: 'Version 1, for classic apps, which can’t be created any longer. Ours is version 2.',
  },
  {
    provider: 'slack',
    in: ['arctic'],
    authorizationUrl: 'https://slack.com/openid/connect/authorize',
    tokenUrl: 'https://slack.com/api/openid.connect.token',
    reason: 'Another product: Sign in with Slack, whose tokens can’t call the rest of the API.',
  },
  {
    provider: 'snapchat',
    in: ['grant'],
    authorizationUrl: 'https://accounts.snapchat.com/accounts/oauth2/auth',
    tokenUrl: 'https://accounts.snapchat.com/accounts/oauth2/token',
    reason: 'Another product: Login Kit. Ours is the Marketing API.',
  },
  {
    provider: 'strava',
    in: ['arctic'],
    tokenUrl: 'https://www.strava.com/api/v3/oauth/token',
    reason: 'Another address of the same endpoint. Strava documents ours, and grant has it too.',
  },
  {
    provider: 'strava',
    in: ['@auth/core'],
    authorizationUrl: 'https://www.strava.com/api/v3/oauth/authorize',
    tokenUrl: 'https://www.strava.com/api/v3/oauth/token',
    reason: 'As in arctic. For the authorization URL, Strava documents ours.',
  },
  {
    provider: 'stripe',
    in: ['grant'],
    authorizationUrl: 'https://connect.stripe.com/oauth/authorize',
    tokenUrl: 'https://connect.stripe.com/oauth/token',
    reason: 'Another product: Stripe Connect, for platforms. Ours is Stripe Apps.',
  },
  {
    provider: 'surveymonkey',
    in: ['grant'],
    tokenUrl: 'https://api.surveymonkey.net/oauth/token',
    reason: 'An older host. SurveyMonkey documents api.surveymonkey.com.',
  },
  {
    provider: 'threads',
    in: ['@auth/core'],
    authorizationUrl: 'https://threads.net/oauth/authorize',
    reason: 'The host before Threads moved to threads.com, which Meta documents.',
  },
  {
    provider: 'tiktok',
    in: ['grant'],
    authorizationUrl: 'https://open-api.tiktok.com/platform/oauth/connect',
    tokenUrl: 'https://open-api.tiktok.com/oauth/access_token',
    reason: 'Version 1 of the API. Ours is version 2.',
  },
  {
    provider: 'todoist',
    in: ['grant', '@auth/core'],
    authorizationUrl: 'https://todoist.com/oauth/authorize',
    tokenUrl: 'https://todoist.com/oauth/access_token',
    reason: 'Older hosts. Todoist’s API 1 documents app.todoist.com and api.todoist.com.',
  },
  {
    provider: 'twitter',
    in: ['grant', 'arctic'],
    authorizationUrl: 'https://twitter.com/i/oauth2/authorize',
    tokenUrl: 'https://api.twitter.com/2/oauth2/token',
    reason: 'The hosts before Twitter became X.',
  },
  {
    provider: 'wrike',
    in: ['grant'],
    authorizationUrl: 'https://www.wrike.com/oauth2/authorize',
    tokenUrl: 'https://www.wrike.com/oauth2/token',
    reason: 'Older versions of the API. Version 4 has login.wrike.com.',
  },
  {
    provider: 'yandex',
    in: ['@auth/core'],
    authorizationUrl: 'https://oauth.yandex.ru/authorize',
    tokenUrl: 'https://oauth.yandex.ru/token',
    reason: 'The same server under Yandex’s Russian name.',
  },
]
