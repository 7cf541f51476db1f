import {
  type GraphQLArgument,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isUnionType,
} from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../../src/graphql/schema.js'

const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type))

test('every type, field, argument and enum value has a description', () => {
  const bare: string[] = []
  for (const type of types) {
    if (!type.description) bare.push(type.name)
    if (isEnumType(type))
      bare.push(...type.getValues().flatMap((value) => (value.description ? [] : [`${type.name}.${value.name}`])))
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      if (!field.description) bare.push(`${type.name}.${field.name}`)
      const args: readonly GraphQLArgument[] = 'args' in field ? field.args : []
      bare.push(
        ...args.flatMap((argument) => (argument.description ? [] : [`${type.name}.${field.name}(${argument.name})`])),
      )
    }
  }
  expect(bare).toEqual([])
})

test('every mutation takes one input and returns a union of its success type and typed errors', () => {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    expect(
      field.args.map((argument) => argument.name),
      field.name,
    ).toEqual(['input'])
    const result = getNamedType(field.type)
    if (!isUnionType(result)) throw new Error(`${field.name} does not return a union`)
    const [success, ...errors] = [...result.getTypes()].sort((a, b) => Number(isError(a)) - Number(isError(b)))
    expect(success && isError(success), field.name).toBe(false)
    expect(errors.length, field.name).toBeGreaterThan(0)
    expect(errors.every(isError), field.name).toBe(true)
  }
})

function isError(type: { getInterfaces(): readonly { name: string }[] }): boolean {
  return type.getInterfaces().some(({ name }) => name === 'Error')
}
