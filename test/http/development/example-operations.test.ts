import { parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { schema } from '../../../src/graphql/schema.js'
import { backEndTabs, exampleTabs } from '../../../src/http/development/example-operations.js'

const OTHERS = ['http://localhost:4000/graphql?as=ben']
/** At 1280 pixels, the editor cuts off longer lines. Ids may be cut off. */
const WIDTH = 52

const user = exampleTabs({
  name: 'Ada',
  others: OTHERS,
  plugin: 'UGx1Z2luOm1lZXRpbmctYXNzaXN0YW50',
  setup: 'UGx1Z2luU2V0dXA6',
  connectors: [{ alias: 'mail', id: 'Q29ubmVjdG9yOmFjbWUtbWFpbA==' }],
})
const backEnd = backEndTabs({
  name: 'Ben',
  subject: 'ben',
  organization: 'northwind',
  plugin: 'meeting-assistant',
  connector: 'acme-mail',
})

describe.each([
  ['a user', user],
  ['a back end', backEnd],
])('the tabs that GraphiQL opens with for %s', (_caller, tabs) => {
  test('hold one valid operation each, with a name', () => {
    for (const tab of tabs) {
      const document = parse(tab)
      expect(validate(schema, document)).toEqual([])
      expect(document.definitions[0]).toMatchObject({ kind: 'OperationDefinition', name: { kind: 'Name' } })
    }
  })

  test('fit into the editor', () => {
    const lines = tabs.flatMap((tab) => tab.split('\n'))
    expect(lines.filter((line) => line.length > WIDTH && !line.includes('Id: "'))).toEqual([])
  })
})

test('the first tab says where to continue after connecting everything in the wizard', () => {
  for (const address of OTHERS) expect(user[0]).toContain(`# ${address}\n`)
})
