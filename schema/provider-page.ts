import { readFile } from 'node:fs/promises'
import { providerCatalogue, readProvider } from '../src/providers/catalogue.js'
import type { ProviderFile } from '../src/providers/provider-file.js'

const START = '<!-- The rest is written by npm run schema:print. -->\n'

/** Returns docs/providers.md: its own words, then one table and one section for each provider. */
export async function providerPage(page: URL): Promise<string> {
  const [words = ''] = (await readFile(page, 'utf8')).split(START)
  const all = providerCatalogue.slugs().flatMap((slug) => {
    const file = readProvider(slug)
    return file ? [{ slug, file }] : []
  })
  all.sort((one, other) => one.file.name.localeCompare(other.file.name, 'en'))
  const rows = all.map(({ slug, file }) => `| [${file.name}](#${anchorOf(file.name)}) | \`${slug}\` | ${yoursOf(file)} | ${theirsOf(file)} | ${file.status} |`)
  const table = ['| app | provider | you give | each person enters | status |', '| --- | --- | --- | --- | --- |', ...rows].join('\n')
  return [words.trimEnd(), START.trimEnd(), `## All ${all.length} providers`, table, ...all.map(section)].join('\n\n').concat('\n')
}

/** GitHub's rule for anchors. */
function anchorOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

function yoursOf({ operatorVariables, oauth2 }: ProviderFile): string {
  const variables = operatorVariables.map(({ label, name }) => `${label} (\`${name}\`)`)
  const noSecret = oauth2.clientAuthentication === 'none' ? ['no client secret'] : []
  return [...variables, ...noSecret].join(', ')
}

function theirsOf({ oauth2 }: ProviderFile): string {
  return oauth2.variables.map(({ label }) => label).join(', ')
}

function section({ slug, file }: { slug: string; file: ProviderFile }): string {
  const { name, documentationUrl, registrationUrl, registration, notes, sources, onlyOneSource, checkedOn, oauth2 } = file
  const where = registrationUrl ? ` [Register it](${registrationUrl}).` : ''
  const scopes = Object.entries(oauth2.scopeDescriptions).map(([scope, words]) => `- \`${scope}\`: ${words}`)
  const read = sources.map(({ url, confirms }) => `[${confirms}](${url})`).join(', ')
  return [
    `### ${name}`,
    `\`"provider": "${slug}"\`. [What ${name} says](${documentationUrl}) about its OAuth.`,
    `${registration}${where}`,
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join('\n')] : []),
    ...(scopes.length > 0 ? [`<details><summary>Scopes with a description</summary>\n\n${scopes.join('\n')}\n\n</details>`] : []),
    `<details><summary>Sources, read on ${checkedOn}</summary>\n\n${read}.${onlyOneSource ? ` ${onlyOneSource}` : ''}\n\n</details>`,
  ].join('\n\n')
}
