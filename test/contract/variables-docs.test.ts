import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config/environment.js'

/** A recipe for contributors adds it. */
const MENTIONED = new Set(['PATCHBAY_OPEN_AUTHORIZATIONS'])
/** What a shell, Node or Python reads or sets. */
const USED = /(?:\$\{?|export |environ(?:\.get)?[[(]["']|process\.env\.|^\s*)(PATCHBAY_[A-Z_]+)\b/gm

/** Returns whether a server in the same shell would refuse to start. */
function isUnknown(name: string): boolean {
  try {
    readConfig({ [name]: 'x' })
    return false
  } catch (error) {
    return String(error).includes('Unknown variables')
  }
}

test('no page or example sets a variable that stops a server in the same shell', async () => {
  const files = (
    await Promise.all(
      ['docs', 'examples'].map((folder) =>
        readdir(folder, { recursive: true }).then((names) => names.map((name) => join(folder, name))),
      ),
    )
  )
    .flat()
    .filter((name) => /\.(md|ts|tsx|py)$/.test(name))
  const found: string[] = []
  for (const file of files) {
    for (const [, name = ''] of (await readFile(file, 'utf8')).matchAll(USED)) {
      if (isUnknown(name) && !MENTIONED.has(name)) found.push(`${file}: ${name}`)
    }
  }
  expect(files.length).toBeGreaterThan(50)
  expect(found).toEqual([])
  expect([isUnknown('PATCHBAY_KEY'), isUnknown('PATCHBAY_KEYS')]).toEqual([true, false])
})
