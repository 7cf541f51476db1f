import type { CodegenConfig } from '@graphql-codegen/cli'

/** Typed documents for the operations of src/web, used by the tests and the wizard. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: ['src/web/*/operations/*.graphql'],
  generates: {
    'src/generated/documents/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        documentMode: 'string',
        scalars: { DateTime: 'string', URL: 'string', JSON: 'unknown' },
      },
    },
  },
  emitLegacyCommonJSImports: false,
}

export default config
