/** The import rules of docs/design.md, "The house": what each folder of src may import. */
const PARTS = 'domain|graphql|http|jobs|database|events|oauth|vault|webhooks|network|observability|config|sandbox|web'

/** A folder may import itself, what is named, generated code where named, packages, and nothing else of src. */
function mayImport(part, ...allowed) {
  const own = [`^src/${part}/`, ...allowed]
  return {
    name: `${part}-imports`,
    severity: 'error',
    from: { path: `^src/${part}/` },
    to: { path: '^src/', pathNot: own },
  }
}

const PRISMA = '^src/generated/(prisma/|pothos-types)'
const OBSERVABILITY = '^src/observability/'
const DOMAIN = '^src/domain/'
/** Who speaks to addresses that others chose. */
const NETWORK = '^src/network/'

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: ['\\.d\\.ts$', '^src/generated/'] },
      to: {},
    },
    {
      name: 'no-unlisted-packages',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/web/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-unlisted-packages-in-web',
      comment: 'What a browser gets is bundled, so that development dependencies serve.',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'web-without-node',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'server-without-web',
      comment: 'tsconfig.build.json leaves it out.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/web/' },
      to: { path: '^src/web/' },
    },
    mayImport('domain', PRISMA),
    mayImport('graphql', DOMAIN, PRISMA, OBSERVABILITY),
    mayImport('http', DOMAIN, OBSERVABILITY, '^src/config/'),
    mayImport('jobs', DOMAIN, OBSERVABILITY, '^src/config/'),
    ...['database', 'events', 'vault'].map((part) => mayImport(part, DOMAIN, PRISMA, OBSERVABILITY, '^src/config/')),
    ...['oauth', 'webhooks'].map((part) => mayImport(part, DOMAIN, PRISMA, OBSERVABILITY, NETWORK, '^src/config/')),
    mayImport('network'),
    mayImport('observability'),
    mayImport('config'),
    mayImport('sandbox'),
    mayImport('web/client', '^src/generated/client/'),
    mayImport('web/wizard', '^src/web/client/', '^src/generated/(documents|client)/'),
    {
      name: 'client-stands-alone',
      comment: 'It is built into the pages of others: it brings nothing along.',
      severity: 'error',
      from: { path: '^src/web/client/' },
      to: { pathNot: ['^src/web/client/', '^src/generated/client/', '^node_modules/(@types/)?react/'] },
    },
    {
      name: 'react-in-the-hooks-only',
      severity: 'error',
      from: { path: '^src/web/client/', pathNot: '^src/web/client/react\\.ts$' },
      to: { path: '^node_modules/' },
    },
    {
      name: 'config-types-only',
      comment: 'Everybody may know the shape of the configuration; only the composition root reads it.',
      severity: 'error',
      from: { path: `^src/(${PARTS})/`, pathNot: '^src/config/' },
      to: { path: '^src/config/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'domain-without-frameworks',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { path: '^node_modules/(graphql|graphql-yoga|@pothos|hono|ioredis|arctic|oauth4webapi|pino|undici|ws)(/|$)' },
    },
    {
      name: 'oauth-libraries-behind-their-port',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/oauth/' },
      to: { path: '^node_modules/(arctic|oauth4webapi)/' },
    },
    {
      name: 'environment-in-config-only',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(main|operator)\\.ts$', '^src/config/', '^src/generated/'] },
      to: { path: '^(node:)?process$' },
    },
    {
      name: 'product-without-tests',
      severity: 'error',
      from: { path: '^(src|prisma|schema)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.d.ts'],
    },
  },
}
