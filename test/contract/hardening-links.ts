/** npm run hardening:links: rewrites the links from the rows of docs/hardening.md to their tests. */
import { readFile, writeFile } from 'node:fs/promises'
import { findTestFiles, HARDENING_PAGE, withLinks } from './hardening.js'

const page = await readFile(HARDENING_PAGE, 'utf8')
await writeFile(HARDENING_PAGE, withLinks(page, await findTestFiles()))
