import type { CodegenConfig } from '@graphql-codegen/cli'
import { preset } from '@graphql-codegen/client-preset'
import {
  type FragmentDefinitionNode,
  type GraphQLSchema,
  isInterfaceType,
  Kind,
  type OperationDefinitionNode,
  print,
  visit,
} from 'graphql'

const config = {
  useTypeImports: true,
  enumsAsTypes: true,
  strictScalars: true,
  documentMode: 'string',
  scalars: { DateTime: 'string', URL: 'string', JSON: 'unknown' },
}

/** The client preset, with documents that are plain strings to the program: their types need no package, and bundlers leave out unused ones. */
const plainDocuments: typeof preset = {
  ...preset,
  async buildGeneratesSection(options) {
    const sections = await preset.buildGeneratesSection(options)
    return sections
      .filter(({ filename }) => filename.endsWith('/graphql.ts'))
      .map((section) => ({
        ...section,
        pluginMap: { ...section.pluginMap, 'typed-document-node': { plugin: printPlainDocuments } },
      }))
  },
}

function printPlainDocuments(
  schema: GraphQLSchema,
  sources: { document?: { definitions: readonly object[] } }[],
): string {
  const definitions = sources.flatMap(({ document }) => document?.definitions ?? [])
  const operations = definitions.filter((each) => isKind<OperationDefinitionNode>(each, Kind.OPERATION_DEFINITION))
  const fragments = definitions.filter((each) => isKind<FragmentDefinitionNode>(each, Kind.FRAGMENT_DEFINITION))
  const documents = operations.map((operation) => {
    const name = operation.name?.value ?? ''
    const type = `${name}${operation.operation.replace(/^./, (letter) => letter.toUpperCase())}`
    const text = [operation, ...used(operation, fragments)].map(print).join('\n')
    return `export const ${name}Document = \`${text}\` as TypedText<${type}, ${type}Variables>`
  })
  return `
/** The text of an operation, with the types of its result and its variables. */
export type TypedText<Result, Variables> = string & { readonly __apiType?: (variables: Variables) => Result }

${documents.join('\n\n')}

/** Which types implement which interface, for normalized caches. */
export const possibleTypes = ${JSON.stringify(possibleTypes(schema), null, 2)}
`
}

function possibleTypes(schema: GraphQLSchema): Record<string, string[]> {
  const interfaces = Object.values(schema.getTypeMap()).filter(isInterfaceType)
  return Object.fromEntries(
    interfaces.map((each) => [each.name, schema.getPossibleTypes(each).map(({ name }) => name)]),
  )
}

/** The fragments that a definition spreads, and those that they spread. */
function used(definition: object, fragments: readonly FragmentDefinitionNode[]): FragmentDefinitionNode[] {
  const names = new Set<string>()
  const collect = (node: object) => {
    visit(node as FragmentDefinitionNode, {
      FragmentSpread({ name: { value } }) {
        const fragment = fragments.find(({ name }) => name.value === value)
        if (!fragment || names.has(value)) return
        names.add(value)
        collect(fragment)
      },
    })
  }
  collect(definition)
  return fragments.filter(({ name }) => names.has(name.value))
}

function isKind<Node extends { kind: string }>(node: object, kind: Node['kind']): node is Node {
  return (node as Node).kind === kind
}

const codegen: CodegenConfig = {
  schema: 'schema/schema.graphql',
  generates: {
    // For the wizard and the tests.
    'src/generated/documents/': {
      documents: ['src/web/*/operations/*.graphql'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config,
    },
    // For patchbay/client.
    'src/generated/client/': {
      documents: ['src/web/client/operations/*.graphql'],
      preset: plainDocuments,
      presetConfig: { fragmentMasking: false },
      config,
    },
  },
  emitLegacyCommonJSImports: false,
}

export default codegen
