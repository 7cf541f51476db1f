/** What one sandbox app is: pure data. A fourth app is one more entry in `sandboxApps`. */
export interface AppDefinition {
  slug: string
  name: string
  clientId: string
  clientSecret: string
  brand: Brand
  scopes: readonly Scope[]
  accounts: readonly Account[]
  resource: Resource
}

/** How its pages look. Colours are CSS; `glyph` is drawn in white on a 48 x 48 tile of the accent colour. */
export interface Brand {
  accent: string
  /** the accent on a dark background */
  accentOnDark: string
  look: 'plain' | 'banner' | 'night'
  glyph: string
}

/** A permission a person can tick. Identity scopes (openid, email, profile, offline_access) are not listed here. */
export interface Scope {
  name: string
  title: string
  description: string
}

export interface Account {
  /** the `sub` of its tokens */
  id: string
  email: string
  name: string
  kind: 'work' | 'private'
}

/** One protected endpoint: `GET <issuer>/api/<path>` with an access token that has `scope`. */
export interface Resource {
  path: string
  scope: string
  items: readonly string[]
}

/** What an account's id looks like. */
export const accountIdPattern = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** The account of this id: one that a person can sign in to, or one that exists because grants were minted for it. */
export function accountOf({ accounts }: AppDefinition, id: string): Account {
  const known = accounts.find((account) => account.id === id)
  return known ?? { id, email: `${id}@minted.example`, name: id, kind: 'work' }
}

export const identityScopes = ['openid', 'email', 'profile', 'offline_access'] as const

const accounts: readonly Account[] = [
  { id: 'ada-work', email: 'ada@northwind.example', name: 'Ada Okafor', kind: 'work' },
  { id: 'ada-private', email: 'ada.private@mail.example', name: 'Ada Okafor', kind: 'private' },
]

export const sandboxApps: readonly AppDefinition[] = [
  {
    slug: 'acme-mail',
    name: 'Acme Mail',
    clientId: 'patchbay-acme-mail',
    clientSecret: 'acme-mail-development-secret',
    brand: {
      accent: '#b4234a',
      accentOnDark: '#ff8fab',
      look: 'plain',
      glyph:
        '<path d="M10 16.5A2.5 2.5 0 0 1 12.5 14h23a2.5 2.5 0 0 1 2.5 2.5v15a2.5 2.5 0 0 1-2.5 2.5h-23a2.5 2.5 0 0 1-2.5-2.5z"/><path d="m10.8 16.2 11.4 9.6a2.8 2.8 0 0 0 3.6 0l11.4-9.6" fill="none" stroke="#b4234a" stroke-width="2.6" stroke-linecap="round"/>',
    },
    scopes: [
      { name: 'mail.read', title: 'Read your mail', description: 'Messages and attachments in every folder.' },
      { name: 'mail.send', title: 'Send mail as you', description: 'New messages and replies, from your address.' },
      { name: 'mail.labels', title: 'Sort your mail', description: 'Create, change and remove labels.' },
    ],
    accounts,
    resource: { path: 'messages', scope: 'mail.read', items: ['Minutes of Monday', 'Your ticket to Lagos'] },
  },
  {
    slug: 'acme-calendar',
    name: 'Acme Calendar',
    clientId: 'patchbay-acme-calendar',
    clientSecret: 'acme-calendar-development-secret',
    brand: {
      accent: '#0b6b63',
      accentOnDark: '#5fd4c6',
      look: 'banner',
      glyph:
        '<path d="M11 15.5a3 3 0 0 1 3-3h20a3 3 0 0 1 3 3V34a3 3 0 0 1-3 3H14a3 3 0 0 1-3-3z"/><path d="M17 9.5v6M31 9.5v6" stroke="#fff" stroke-width="3" stroke-linecap="round"/><path d="M11 20h26" stroke="#0b6b63" stroke-width="2.4"/><path d="m18.5 28.5 4 4 7.5-8" fill="none" stroke="#0b6b63" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>',
    },
    scopes: [
      { name: 'calendar.read', title: 'See your events', description: 'Titles, times, places and guests.' },
      {
        name: 'calendar.write',
        title: 'Change your events',
        description: 'Create, move and cancel events, invite guests.',
      },
    ],
    accounts,
    resource: { path: 'events', scope: 'calendar.read', items: ['Stand-up, 9:30', 'Lunch with Bola'] },
  },
  {
    slug: 'acme-chat',
    name: 'Acme Chat',
    clientId: 'patchbay-acme-chat',
    clientSecret: 'acme-chat-development-secret',
    brand: {
      accent: '#5b3cc4',
      accentOnDark: '#b9a6ff',
      look: 'night',
      glyph:
        '<path d="M24 11c8.3 0 15 5.4 15 12s-6.7 12-15 12c-1.7 0-3.4-.2-4.9-.7L12 37.5l1.7-5.9C10.8 29.5 9 26.4 9 23c0-6.6 6.7-12 15-12z"/><path d="M17.5 23h.01M24 23h.01M30.5 23h.01" stroke="#5b3cc4" stroke-width="4" stroke-linecap="round"/>',
    },
    scopes: [
      { name: 'chat.read', title: 'Read your conversations', description: 'Channels and direct messages you are in.' },
      { name: 'chat.write', title: 'Post as you', description: 'Send, edit and delete messages under your name.' },
      { name: 'chat.admin', title: 'Manage your workspace', description: 'Create channels, invite and remove people.' },
    ],
    accounts,
    resource: { path: 'channels', scope: 'chat.read', items: ['#general', '#launch'] },
  },
]
