import { rewrapRecords } from '../domain/rewrap/rewrap-records.js'
import type { Commands } from './command.js'
import { describePass, describeRewrapped } from './rewrap-report.js'

export const VAULT_COMMANDS: Commands = {
  rewrap: {
    takes: [],
    explanation: 'make every stored secret independent of older keys (docs/keys.md)',
    async run({ deps, keyIds, say }) {
      const result = await rewrapRecords(deps, (pass) => say(describePass(pass)))
      const { said, complete } = describeRewrapped(result, keyIds)
      return { text: said, incomplete: !complete }
    },
  },
}
