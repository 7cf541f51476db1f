/** The import rules of docs/design.md, "The house". docs/architecture.md shows them as a picture. */

/**
 * The layers of src/domain, the lowest first. A file imports from its own layer and from lower ones, types included.
 * Every file of the domain belongs to exactly one.
 */
const LAYERS = [
  [
    'leaves',
    '^src/domain/(closest-name|db|errors|formats|global-id|hashed-secret|input-faults|oauth-urls|pause|updates|ports/sql)\\.ts$',
  ],
  ['catalogue', '^src/domain/catalogue/'],
  ['ports', '^src/domain/ports/(?!sql\\.ts$)'],
  ['identity', '^src/domain/identity/'],
  ['idempotency', '^src/domain/idempotency/'],
  ['rate-limit', '^src/domain/rate-limit/'],
  ['change', '^src/domain/change/'],
  ['view', '^src/domain/view/'],
  ['credential', '^src/domain/credential/'],
  ['deps', '^src/domain/deps\\.ts$'],
  ['webhook', '^src/domain/webhook/'],
  ['setup', '^src/domain/setup/'],
  ['connection/revocation', '^src/domain/connection/revocation/'],
  ['connection', '^src/domain/connection/[^/]+\\.ts$'],
  ['connection/refresh', '^src/domain/connection/refresh/'],
  ['connection/check', '^src/domain/connection/check/'],
  ['authorization', '^src/domain/authorization/'],
  ['token', '^src/domain/token/'],
  ['publishing', '^src/domain/publishing/'],
  ['access', '^src/domain/access/'],
  ['erasure', '^src/domain/erasure/'],
  ['rewrap', '^src/domain/rewrap/'],
  ['operations', '^src/domain/operations\\.ts$'],
]

const layerRules = LAYERS.map(([name, path], index) => ({
  name: `domain-layer-${name}`,
  comment: `src/domain: ${name} imports nothing from the layers above it.`,
  severity: 'error',
  from: { path },
  to: { path: LAYERS.slice(index + 1).map(([, higher]) => higher) },
})).slice(0, -1)

/** A folder may import itself, the paths that are named, packages, and nothing else of src. */
function mayImport(part, ...allowed) {
  return {
    name: `${part}-imports`,
    severity: 'error',
    from: { path: `^src/${part}/` },
    to: { path: '^src/', pathNot: [`^src/${part}/`, ...allowed] },
  }
}

const PRISMA = '^src/generated/(prisma/|pothos-types)'
const OBSERVABILITY = '^src/observability/'
const DOMAIN = '^src/domain/'
const PORTS = '^src/domain/ports/'
const CONFIG = '^src/config/'
const LANGUAGES = '^src/languages/'
/** Leaves of the domain that every part may share. */
const SHARED = '^src/domain/(pause|updates)\\.ts$'

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: { pathNot: '^src/generated/' }, to: { circular: true } },
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
      comment: 'Vite bundles what a browser gets, so development dependencies are fine.',
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
      comment: 'Vite bundles it for browsers, and esbuild the rest for the server.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/web/' },
      to: { path: '^src/web/' },
    },
    {
      name: 'domain-layers-are-complete',
      comment: 'A new folder of the domain needs its place in LAYERS.',
      severity: 'error',
      from: { path: '^src/domain/', pathNot: LAYERS.map(([, path]) => path) },
      to: {},
    },
    ...layerRules,
    mayImport('domain', PRISMA, '^src/languages/identity-scopes\\.ts$'),
    mayImport('graphql', DOMAIN, PRISMA, OBSERVABILITY),
    mayImport('http', DOMAIN, OBSERVABILITY, CONFIG, LANGUAGES),
    mayImport('database', PORTS, SHARED, PRISMA, OBSERVABILITY, CONFIG),
    mayImport('live', PORTS, SHARED, '^src/domain/errors\\.ts$', PRISMA, OBSERVABILITY, CONFIG),
    mayImport('vault', PORTS, OBSERVABILITY, CONFIG),
    mayImport('outbound', PORTS, '^src/domain/catalogue/provider\\.ts$', OBSERVABILITY, CONFIG),
    mayImport('providers', '^src/domain/(catalogue/(provider|variables)|input-faults)\\.ts$'),
    mayImport('observability', PORTS, SHARED),
    mayImport('config', '^src/languages/languages\\.ts$', '^src/domain/closest-name\\.ts$'),
    mayImport('languages'),
    mayImport('sandbox'),
    mayImport('web/client', '^src/generated/client/'),
    mayImport(
      'web/wizard',
      '^src/web/client/',
      '^src/generated/(documents|client)/',
      '^src/languages/((languages|identity-scopes)\\.ts$|failures/)',
      '^src/(http/(wizard|icons)/paths|sandbox/app-pictures)\\.ts$',
    ),
    {
      name: 'composition-at-the-top',
      comment: 'app and operator know every part, and no part knows them.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(app|operator)/', '^src/(main|operator)\\.ts$'] },
      to: { path: '^src/(app|operator)/' },
    },
    {
      name: 'client-stands-alone',
      comment: 'It becomes part of other people’s pages, so it brings nothing along.',
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
      comment: 'Every part may know the shape of the configuration. Only the composition reads it.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(config|app|operator)/', '^src/(main|operator)\\.ts$'] },
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
      from: { path: '^src/', pathNot: '^src/outbound/' },
      to: { path: '^node_modules/(arctic|oauth4webapi)/' },
    },
    {
      name: 'environment-in-config-only',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(main|operator)\\.ts$', '^src/config/', '^src/generated/'] },
      to: { path: '^(node:)?process$' },
    },
    {
      name: 'examples-stand-alone',
      comment: 'They are copied elsewhere, where there is only the package.',
      severity: 'error',
      from: { path: '^examples/' },
      to: { path: '^(src|test|bench|prisma|schema|deploy)/', pathNot: '^src/web/client/(index|react)\\.ts$' },
    },
    {
      name: 'product-without-tests',
      severity: 'error',
      from: { path: '^(src|prisma|schema)/' },
      to: { path: '^(test|bench)/' },
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
