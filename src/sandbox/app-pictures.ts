/**
 * How the sandbox's apps look on their own pages and in the wizard, by slug. src/web/wizard uses this plain data too, so
 * don't import anything here.
 */
export const APP_PICTURES = {
  'acme-mail': {
    color: '#b4234a',
    path: 'M3.2 4h17.6c.9 0 1.6.5 2 1.3L12 13 1.2 5.3c.4-.8 1.1-1.3 2-1.3ZM1 7.6l10.3 7.3c.4.3 1 .3 1.4 0L23 7.6v10.2c0 1.2-1 2.2-2.2 2.2H3.2C2 20 1 19 1 17.8Z',
  },
  'acme-calendar': {
    color: '#0b6b63',
    path: 'M7 1.5c.7 0 1.2.5 1.2 1.2V4h7.6V2.7a1.2 1.2 0 0 1 2.4 0V4h1.6C21 4 22 5 22 6.2V8H2V6.2C2 5 3 4 4.2 4h1.6V2.7c0-.7.5-1.2 1.2-1.2ZM2 10.2h20v10.1c0 1.2-1 2.2-2.2 2.2H4.2c-1.2 0-2.2-1-2.2-2.2Zm4.8 3.2c-.5 0-.8.3-.8.8v2c0 .5.3.8.8.8h2c.5 0 .8-.3.8-.8v-2c0-.5-.3-.8-.8-.8Z',
  },
  'acme-chat': {
    color: '#5b3cc4',
    path: 'M4.4 2.5h15.2c1.4 0 2.6 1.2 2.6 2.6v9.8c0 1.4-1.2 2.6-2.6 2.6h-7.2l-5.3 4.3c-.5.4-1.2 0-1.2-.6v-3.7H4.4c-1.4 0-2.6-1.2-2.6-2.6V5.1c0-1.4 1.2-2.6 2.6-2.6ZM7.5 8.8a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6Zm4.5 0a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6Zm4.5 0a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6Z',
  },
  'acme-desk': {
    color: '#8a4b08',
    path: 'M3.6 5h16.8c1.2 0 2.1 1 2.1 2.1v2.2c-1.5 0-2.7 1.2-2.7 2.7s1.2 2.7 2.7 2.7v2.2c0 1.2-1 2.1-2.1 2.1H3.6c-1.2 0-2.1-1-2.1-2.1v-2.2c1.5 0 2.7-1.2 2.7-2.7S3 9.3 1.5 9.3V7.1C1.5 6 2.5 5 3.6 5Zm10.5 3.2a1.1 1.1 0 1 0 0 2.2 1.1 1.1 0 0 0 0-2.2Zm0 5.4a1.1 1.1 0 1 0 0 2.2 1.1 1.1 0 0 0 0-2.2Z',
  },
} as const satisfies Record<string, AppPicture>

export interface AppPicture {
  color: string
  /** An SVG path in a 24 by 24 view box. */
  path: string
}
