import { getNamedType, isInterfaceType, isObjectType, isUnionType } from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../../src/graphql/schema.js'
import { LEADING_FURTHER } from '../../src/graphql/users/subscriptions.js'

/** Parts of the catalogue, and what leads to them. */
const PARTS = new Set(['Plugin', 'Connector', 'PluginSetup', 'Skill'])

/** The fields that can be reached from a type and lead to parts of the catalogue, as `Type.field`. */
function leadingFrom(typename: string): string[] {
  const found: string[] = []
  const waiting = [typename]
  const known = new Set(waiting)
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const type = schema.getType(name)
    const next = isUnionType(type) ? type.getTypes().map((member) => [member.name, undefined] as const) : []
    const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : []
    for (const field of fields) {
      if (LEADING_FURTHER.includes(field.name)) continue
      const target = getNamedType(field.type).name
      if (PARTS.has(target)) found.push(`${name}.${field.name}`)
      if (!known.has(target)) waiting.push(target)
      known.add(target)
    }
    for (const [member] of next) if (!known.has(member)) waiting.push(member)
  }
  return found.sort()
}

// A subscription of a setup is woken by changes of its plugin and its connectors, and one of connectors by those of these.
// If a new field leads to other parts of the catalogue, it belongs to LEADING_FURTHER (decision 28), or else in here.
test('L16: what a subscription shows of the catalogue is its own, apart from the fields that lead further', () => {
  expect(leadingFrom('PluginSetup')).toEqual([
    'Authorization.connector',
    'ConnectedAccount.connector',
    'Plugin.skills',
    'PluginSetup.plugin',
    'Requirement.connector',
    'SetupStep.connector',
    'SkillCopy.plugin',
    'SkillCopy.waitingFor',
  ])
  expect(leadingFrom('ConnectorsState')).toEqual(['ConnectedAccount.connector', 'ConnectorsState.connectors'])
})
