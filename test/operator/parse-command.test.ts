import { expect, test } from 'vitest'
import type { Commands } from '../../src/operator/command.js'
import { parseCommand } from '../../src/operator/parse-command.js'

const COMMANDS: Commands = {
  'create-key': { takes: ['<name>'], explanation: 'creates an API key', run: async () => ({ text: '' }) },
}

test('an unknown command is named, with the one that was meant, before the usage', () => {
  expect(() => parseCommand(COMMANDS, ['creat-key'])).toThrow(
    /^There is no command creat-key\. Did you mean create-key\?\n\n.*<command>/s,
  )
  expect(() => parseCommand(COMMANDS, ['dance'])).toThrow(/^There is no command dance\.\n\n/)
})

test.each([[[]], [['help']], [['--help']]])('%j prints the usage only', (args) => {
  expect(() => parseCommand(COMMANDS, args)).toThrow(/^(?!There is no command)/)
})
