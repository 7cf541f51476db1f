import { createHash } from 'node:crypto'
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

type Sources = { document?: { definitions: readonly object[] } }[]

function printPlainDocuments(schema: GraphQLSchema, sources: Sources): string {
  const documents = documentsIn(sources).map(({ operation, text }) => {
    const name = operation.name?.value ?? ''
    const type = `${name}${operation.operation.replace(/^./, (letter) => letter.toUpperCase())}`
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

/** One JSON file with the text of each operation, by its id in the form of GraphQL over HTTP. */
const manifest: typeof preset = {
  buildGeneratesSection: async ({ baseOutputDir, schema, documents }) => [
    {
      filename: baseOutputDir,
      schema,
      documents,
      config: {},
      plugins: [{ manifest: {} }],
      pluginMap: { manifest: { plugin: (_: GraphQLSchema, sources: Sources) => printManifest(sources) } },
    },
  ],
}

function printManifest(sources: Sources): string {
  const texts = documentsIn(sources).map(({ text }) => text)
  const entries = texts.map((text) => [`sha256:${createHash('sha256').update(text).digest('hex')}`, text])
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`
}

/** The operations, each with the text that clients send: its own and that of the fragments it uses. */
function documentsIn(sources: Sources): { operation: OperationDefinitionNode; text: string }[] {
  const definitions = sources.flatMap(({ document }) => document?.definitions ?? [])
  const operations = definitions.filter((each) => isKind<OperationDefinitionNode>(each, Kind.OPERATION_DEFINITION))
  const fragments = definitions.filter((each) => isKind<FragmentDefinitionNode>(each, Kind.FRAGMENT_DEFINITION))
  return operations.map((operation) => ({
    operation,
    text: [operation, ...used(operation, fragments)].map(print).join('\n'),
  }))
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
    // For the server: what the wizard and patchbay/client send.
    'src/generated/trusted-documents.json': { documents: ['src/web/*/operations/*.graphql'], preset: manifest },
    // For the package of patchbay/client: what it sends.
    'src/generated/client/trusted-documents.json': {
      documents: ['src/web/client/operations/*.graphql'],
      preset: manifest,
    },
  },
  emitLegacyCommonJSImports: false,
}

export default codegen
