/**
 * `npm run schema:release -- 0.2.0` makes the present schema the one that later changes are compared with: writes
 * released.graphql and released-documents.json, and gives the changes in CHANGELOG.md their heading.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { schema } from '../src/graphql/schema.js'
import { withRelease } from './changelog.js'
import { type AcceptedBreak, judge, readRelease } from './gate.js'
import { releaseFaults } from './release-faults.js'

const folder = new URL('./', import.meta.url)
const read = (name: string) => readFile(new URL(name, folder), 'utf8')

const [version = '', day = new Date().toISOString().slice(0, 10)] = process.argv.slice(2)
const release = readRelease(await read('released.graphql'))
const accepted: AcceptedBreak[] = JSON.parse(await read('accepted-breaks.json'))
const verdict = judge(release, schema, accepted, day)
const faults = [...verdict.faults, ...releaseFaults(release, schema, verdict.changes, version, day)]

if (faults.length > 0) {
  console.error(faults.join('\n'))
  process.exitCode = 1
} else {
  const header = `# The schema of ${version}, released on ${day}. \`npm run schema:release\` writes this file.`
  await writeFile(new URL('released.graphql', folder), `${header}\n\n${await read('schema.graphql')}`)
  await writeFile(new URL('released-documents.json', folder), await read('../src/generated/trusted-documents.json'))
  await writeFile(new URL('CHANGELOG.md', folder), withRelease(await read('CHANGELOG.md'), verdict.section, version, day))
  await writeFile(new URL('accepted-breaks.json', folder), '[]\n')
}
