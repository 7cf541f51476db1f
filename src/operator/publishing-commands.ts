import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { ConfigurationError } from '../config/configuration-error.js'
import { configureConnector } from '../domain/publishing/configure-connector.js'
import { publishPlugin } from '../domain/publishing/publish-plugin.js'
import { removeConnector } from '../domain/publishing/remove-connector.js'
import { retirePlugin } from '../domain/publishing/retire-plugin.js'
import type { Commands } from './command.js'

export const PUBLISHING_COMMANDS: Commands = {
  publish: {
    takes: ['<manifest.json>'],
    prepares: true,
    explanation: 'publish a plugin or a new version of one',
    async run({ deps }, [file = '']) {
      return { text: `Published ${await publishPlugin(deps, await readJson(file))}.` }
    },
  },
  retire: {
    takes: ['<plugin>'],
    explanation: 'hide a plugin from users who have not started it',
    async run({ deps }, [slug = '']) {
      await retirePlugin(deps, slug)
      return { text: `Retired ${slug}.` }
    },
  },
  'configure-connector': {
    takes: ['<connector.json>'],
    prepares: true,
    explanation: 'create or change a connector (docs/connectors.md)',
    async run({ deps }, [file = '']) {
      return { text: `Configured ${await configureConnector(deps, await readJson(file))}.` }
    },
  },
  'remove-connector': {
    takes: ['<connector>'],
    options: { force: {} },
    explanation: 'delete a connector’s credentials and hide it',
    async run({ deps }, [slug = ''], { force }) {
      await removeConnector(deps, slug, { force: force === true })
      return { text: `Removed ${slug}.` }
    },
  },
}

async function readJson(file: string): Promise<unknown> {
  const content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8').catch(() => null)
  if (content === null) throw new ConfigurationError(`${file} can’t be read. Check its path, and that you may read it.`)
  try {
    return JSON.parse(content)
  } catch (error) {
    throw new ConfigurationError(`${file} isn’t valid JSON: ${error instanceof Error ? error.message : error}`)
  }
}
