/** A drawn picture of a plugin: white lines on a tile that goes from one color to the other. */
export interface PluginPicture {
  from: string
  to: string
  /** An SVG path in a 24 by 24 view box, drawn as lines. */
  path: string
}

/** Our own drawings, by the slug of the plugins that come with Patchbay. */
export const PLUGIN_PICTURES: Readonly<Record<string, PluginPicture>> = {
  'meeting-assistant': {
    from: '#5b5bd6',
    to: '#8e4ec6',
    path: 'M8 3v3.5M16 3v3.5M5.5 5h13A1.5 1.5 0 0 1 20 6.5v12a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5v-12A1.5 1.5 0 0 1 5.5 5ZM4 10h16M9 15.2l2.2 2.2 4-4.4',
  },
  'inbox-helper': {
    from: '#c2255c',
    to: '#d9480f',
    path: 'M4 13.5 6.3 6.6A1.5 1.5 0 0 1 7.7 5.5h3.6M4 13.5V18a1.5 1.5 0 0 0 1.5 1.5h13A1.5 1.5 0 0 0 20 18v-4.5M4 13.5h4.5L10 16h4l1.5-2.5H20m-3.2-10.8.9 2.6 2.6.9-2.6.9-.9 2.6-.9-2.6-2.6-.9 2.6-.9z',
  },
  'plain-writer': {
    from: '#0b7285',
    to: '#1971c2',
    path: 'M4.5 19.5 5.6 15 15.4 5.2a1.9 1.9 0 0 1 2.7 0l.7.7a1.9 1.9 0 0 1 0 2.7L9 18.4zM13.5 7.1l3.4 3.4M13 19.5h7',
  },
  'standup-writer': {
    from: '#2b8a3e',
    to: '#0b7a63',
    path: 'M5.5 4.5h13A1.5 1.5 0 0 1 20 6v9a1.5 1.5 0 0 1-1.5 1.5H12L7.5 20v-3.5h-2A1.5 1.5 0 0 1 4 15V6a1.5 1.5 0 0 1 1.5-1.5ZM8 8.3h8M8 10.9h8M8 13.3h4.5',
  },
  'support-helper': {
    from: '#9a4f00',
    to: '#a8660a',
    path: 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm0 4.7a3.3 3.3 0 1 1 0 6.6 3.3 3.3 0 0 1 0-6.6ZM6.3 6.3l3.4 3.4M14.3 14.3l3.4 3.4M17.7 6.3l-3.4 3.4M9.7 14.3l-3.4 3.4',
  },
}
