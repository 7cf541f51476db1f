/** What differs between two schemas, for those who call the API. */
import {
  astFromValue,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isSpecifiedScalarType,
  isUnionType,
  print,
} from 'graphql'

/** One thing that callers can name. */
interface Element {
  /** What has to exist for this to exist. */
  parent: string | undefined
  description?: string | null | undefined
  deprecationReason?: string | null | undefined
  type?: string
  defaultValue?: string
  isRequired?: boolean
}

export interface SchemaChanges {
  /** Sentences about what breaks callers. */
  breaking: string[]
  /** Everything else that callers may want to know, in the syntax of Markdown. */
  deprecated: string[]
  added: string[]
  changed: string[]
}

export function changesBetween(before: GraphQLSchema, after: GraphQLSchema): SchemaChanges {
  const old = elementsOf(before)
  const present = elementsOf(after)
  const changes: SchemaChanges = { breaking: breakingChanges(before, after), deprecated: [], added: [], changed: [] }
  for (const [name, element] of present) {
    const previous = old.get(name)
    if (!previous) {
      const isPartOfNew = element.parent !== undefined && !old.has(element.parent)
      if (!isPartOfNew && !element.isRequired) changes.added.push(entry(name, firstSentence(element.description)))
      continue
    }
    const { deprecationReason: reason } = element
    if (reason && !previous.deprecationReason) changes.deprecated.push(entry(name, reason))
    if (!reason && previous.deprecationReason) changes.changed.push(entry(name, 'It is no longer deprecated.'))
    if (element.type !== previous.type && !changes.breaking.some((text) => isAbout(text, name))) {
      changes.changed.push(entry(name, `Its type is \`${element.type}\`. Before, it was \`${previous.type}\`.`))
    }
  }
  for (const type of Object.values(before.getTypeMap())) {
    const now = after.getType(type.name)
    if (isInputObjectType(type) && type.isOneOf && isInputObjectType(now) && !now.isOneOf) {
      changes.changed.push(entry(type.name, 'It is no longer `@oneOf`.'))
    }
  }
  for (const { type, description } of findDangerousChanges(before, after)) {
    if (type === 'IMPLEMENTED_INTERFACE_ADDED') changes.changed.push(description)
  }
  return changes
}

/** What graphql-js calls breaking, and changes of defaults and of `@oneOf`. */
export function breakingChanges(before: GraphQLSchema, after: GraphQLSchema): string[] {
  const found = findBreakingChanges(before, after).map(({ description }) => description)
  const old = elementsOf(before)
  for (const [name, { defaultValue, isRequired }] of elementsOf(after)) {
    const previous = old.get(name)
    // If it became required, that is reported already.
    if (!previous || isRequired || defaultValue === previous.defaultValue) continue
    found.push(`${name} changed its default from ${previous.defaultValue ?? 'none'} to ${defaultValue ?? 'none'}.`)
  }
  for (const type of Object.values(after.getTypeMap())) {
    const previous = before.getType(type.name)
    if (isInputObjectType(type) && type.isOneOf && isInputObjectType(previous) && !previous.isOneOf) {
      found.push(`${type.name} became @oneOf, which refuses callers that set none or several of its fields.`)
    }
  }
  return found.sort()
}

/** Everything by its coordinate: `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`, `Union = Member`. */
export function elementsOf(schema: GraphQLSchema): Map<string, Element> {
  const elements = new Map<string, Element>()
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || isSpecifiedScalarType(type)) continue
    elements.set(type.name, { parent: undefined, description: type.description })
    addMembers(elements, type)
  }
  return elements
}

function addMembers(elements: Map<string, Element>, type: GraphQLNamedType): void {
  const parent = type.name
  if (isEnumType(type)) {
    for (const { name, description, deprecationReason } of type.getValues()) {
      elements.set(`${parent}.${name}`, { parent, description, deprecationReason })
    }
  } else if (isUnionType(type)) {
    for (const { name, description } of type.getTypes()) elements.set(`${parent} = ${name}`, { parent, description })
  } else if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      elements.set(`${parent}.${field.name}`, inputElement(parent, field, isRequiredInputField(field)))
    }
  } else if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      const name = `${parent}.${field.name}`
      const { description, deprecationReason } = field
      elements.set(name, { parent, description, deprecationReason, type: String(field.type) })
      for (const argument of field.args) {
        elements.set(`${name}(${argument.name}:)`, inputElement(name, argument, isRequiredArgument(argument)))
      }
    }
  }
}

function inputElement(
  parent: string,
  { description, deprecationReason, type, defaultValue }: GraphQLArgument | GraphQLInputField,
  isRequired: boolean,
): Element {
  const value = astFromValue(defaultValue, type)
  const printed = defaultValue === undefined || !value ? {} : { defaultValue: print(value) }
  return { parent, description, deprecationReason, type: String(type), isRequired, ...printed }
}

/** Whether a sentence of graphql-js is about an element. It has `Type.field arg name …` for an argument. */
function isAbout(sentence: string, name: string): boolean {
  return sentence.startsWith(`${name} `) || sentence.startsWith(`${name.replace(/\((.+):\)$/, ' arg $1')} `)
}

function entry(name: string, text: string): string {
  return `\`${name}\`: ${text}`
}

/** Descriptions may have several sentences and lines. */
function firstSentence(description: string | null | undefined): string {
  const text = (description ?? '').replaceAll(/\s+/g, ' ')
  return /^.*?[.?!](?= |$)/.exec(text)?.[0] ?? text
}
