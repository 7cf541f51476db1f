import { APP_PICTURES } from './app-pictures.js'

/** One sandbox app, as plain data. To add another app, add an entry to `sandboxApps`. */
export interface AppDefinition {
  slug: string
  name: string
  clientId: string
  clientSecret: string
  brand: Brand
  scopes: readonly Scope[]
  accounts: readonly Account[]
  resource: Resource
  /** Whether each customer has a workspace, whose name comes before the protocol's paths: `<issuer>/<workspace>/token`. */
  hasWorkspaces?: boolean
}

/**
 * How an app's pages look. Colors are CSS values. `glyph` is an SVG path in a 24 by 24 view box, drawn in white on a
 * tile in the accent color.
 */
export interface Brand {
  accent: string
  /** the accent on a dark background */
  accentOnDark: string
  glyph: string
}

/**
 * A permission that a person can check or uncheck. Identity scopes (openid, email, profile, offline_access) aren't
 * listed here.
 */
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
  kind: 'work' | 'personal'
}

/** One protected endpoint: `GET <issuer>/api/<path>` needs an access token with `scope`. */
export interface Resource {
  path: string
  scope: string
  items: readonly string[]
}

/** The form of an account id. */
export const accountIdPattern = /^[a-z0-9][a-z0-9._-]{0,63}$/

/**
 * Returns the account with this id: one that a person can sign in to, or one that exists only because grants were
 * minted for it.
 */
export function accountOf({ accounts }: AppDefinition, id: string): Account {
  const known = accounts.find((account) => account.id === id)
  return known ?? { id, email: `${id}@minted.example`, name: id, kind: 'work' }
}

export const identityScopes = ['openid', 'email', 'profile', 'offline_access'] as const

const accounts: readonly Account[] = [
  { id: 'ada-work', email: 'ada@northwind.example', name: 'Ada Okafor', kind: 'work' },
  { id: 'ada-private', email: 'ada.private@mail.example', name: 'Ada Okafor', kind: 'personal' },
]

function pictureOf(slug: keyof typeof APP_PICTURES) {
  const { color, path } = APP_PICTURES[slug]
  return { accent: color, glyph: path }
}

export const sandboxApps: readonly AppDefinition[] = [
  {
    slug: 'acme-mail',
    name: 'Acme Mail',
    clientId: 'patchbay-acme-mail',
    clientSecret: 'acme-mail-development-secret',
    brand: {
      ...pictureOf('acme-mail'),
      accentOnDark: '#ff8fab',
    },
    scopes: [
      { name: 'mail.read', title: 'Read your mail', description: 'Messages and attachments in every folder.' },
      { name: 'mail.send', title: 'Send mail as you', description: 'New messages and replies, from your address.' },
      { name: 'mail.labels', title: 'Sort your mail', description: 'Create, change and remove labels.' },
    ],
    accounts,
    resource: { path: 'messages', scope: 'mail.read', items: ['Notes from Monday', 'Your flight to Lagos'] },
  },
  {
    slug: 'acme-calendar',
    name: 'Acme Calendar',
    clientId: 'patchbay-acme-calendar',
    clientSecret: 'acme-calendar-development-secret',
    brand: {
      ...pictureOf('acme-calendar'),
      accentOnDark: '#5fd4c6',
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
      ...pictureOf('acme-chat'),
      accentOnDark: '#b9a6ff',
    },
    scopes: [
      { name: 'chat.read', title: 'Read your conversations', description: 'Channels and direct messages you are in.' },
      { name: 'chat.write', title: 'Post as you', description: 'Send, edit and delete messages under your name.' },
      { name: 'chat.admin', title: 'Manage your workspace', description: 'Create channels, invite and remove people.' },
    ],
    accounts,
    resource: { path: 'channels', scope: 'chat.read', items: ['#general', '#launch'] },
  },
  {
    slug: 'acme-desk',
    name: 'Acme Desk',
    clientId: 'patchbay-acme-desk',
    clientSecret: 'acme-desk-development-secret',
    brand: {
      ...pictureOf('acme-desk'),
      accentOnDark: '#f0b46a',
    },
    scopes: [
      { name: 'tickets.read', title: 'Read tickets', description: 'Questions of customers, and the answers.' },
      { name: 'tickets.write', title: 'Answer tickets', description: 'Reply, assign and close, as you.' },
    ],
    accounts,
    resource: { path: 'tickets', scope: 'tickets.read', items: ['Where is my parcel?', 'The door is stuck'] },
    hasWorkspaces: true,
  },
]
