import {
  type SimpleIcon,
  siAirtable,
  siAsana,
  siAtlassian,
  siBitbucket,
  siBox,
  siCalendly,
  siClickup,
  siConfluence,
  siDiscord,
  siDropbox,
  siFigma,
  siGithub,
  siGitlab,
  siGmail,
  siGoogle,
  siGooglecalendar,
  siGoogledocs,
  siGoogledrive,
  siGooglemeet,
  siGooglesheets,
  siHubspot,
  siIntercom,
  siJira,
  siLinear,
  siMailchimp,
  siMiro,
  siNotion,
  siPagerduty,
  siReddit,
  siSentry,
  siShopify,
  siSpotify,
  siStripe,
  siTodoist,
  siTrello,
  siTypeform,
  siWebflow,
  siX,
  siXero,
  siZendesk,
  siZoom,
} from 'simple-icons'

export interface AppPicture {
  /** An SVG path on a field of 24 by 24. */
  path: string
  color: string
}

/** Of simple-icons (CC0), under the slugs that connectors and providers have here. */
const BRANDS: Record<string, SimpleIcon> = {
  airtable: siAirtable,
  asana: siAsana,
  atlassian: siAtlassian,
  bitbucket: siBitbucket,
  box: siBox,
  calendly: siCalendly,
  clickup: siClickup,
  confluence: siConfluence,
  discord: siDiscord,
  dropbox: siDropbox,
  figma: siFigma,
  github: siGithub,
  gitlab: siGitlab,
  gmail: siGmail,
  google: siGoogle,
  'google-calendar': siGooglecalendar,
  'google-docs': siGoogledocs,
  'google-drive': siGoogledrive,
  'google-meet': siGooglemeet,
  'google-sheets': siGooglesheets,
  hubspot: siHubspot,
  intercom: siIntercom,
  jira: siJira,
  linear: siLinear,
  mailchimp: siMailchimp,
  miro: siMiro,
  notion: siNotion,
  pagerduty: siPagerduty,
  reddit: siReddit,
  sentry: siSentry,
  shopify: siShopify,
  spotify: siSpotify,
  stripe: siStripe,
  todoist: siTodoist,
  trello: siTrello,
  typeform: siTypeform,
  webflow: siWebflow,
  x: siX,
  xero: siXero,
  zendesk: siZendesk,
  zoom: siZoom,
}

/** Drawn for the sandbox's apps. */
const SANDBOX: Record<string, AppPicture> = {
  'acme-mail': {
    color: '#b4234a',
    path: 'M3.2 4h17.6c.9 0 1.6.5 2 1.3L12 13 1.2 5.3c.4-.8 1.1-1.3 2-1.3ZM1 7.6l10.3 7.3c.4.3 1 .3 1.4 0L23 7.6v10.2c0 1.2-1 2.2-2.2 2.2H3.2C2 20 1 19 1 17.8Z',
  },
  'acme-calendar': {
    color: '#1f5fb8',
    path: 'M7 1.5c.7 0 1.2.5 1.2 1.2V4h7.6V2.7a1.2 1.2 0 0 1 2.4 0V4h1.6C21 4 22 5 22 6.2V8H2V6.2C2 5 3 4 4.2 4h1.6V2.7c0-.7.5-1.2 1.2-1.2ZM2 10.2h20v10.1c0 1.2-1 2.2-2.2 2.2H4.2c-1.2 0-2.2-1-2.2-2.2Zm4.8 3.2c-.5 0-.8.3-.8.8v2c0 .5.3.8.8.8h2c.5 0 .8-.3.8-.8v-2c0-.5-.3-.8-.8-.8Z',
  },
  'acme-chat': {
    color: '#6a3fb5',
    path: 'M4.4 2.5h15.2c1.4 0 2.6 1.2 2.6 2.6v9.8c0 1.4-1.2 2.6-2.6 2.6h-7.2l-5.3 4.3c-.5.4-1.2 0-1.2-.6v-3.7H4.4c-1.4 0-2.6-1.2-2.6-2.6V5.1c0-1.4 1.2-2.6 2.6-2.6ZM7.5 8.8a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6Zm4.5 0a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6Zm4.5 0a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6Z',
  },
}

/** Pictures by slug of a connector or a provider. What is not here gets a letter. */
export const appIcons: Readonly<Record<string, AppPicture>> = {
  ...Object.fromEntries(Object.entries(BRANDS).map(([slug, { path, hex }]) => [slug, { path, color: `#${hex}` }])),
  ...SANDBOX,
}
