import { readFileSync } from 'node:fs'

/** Next to src, next to dist, and in the image. */
const PACKAGE = new URL('../../package.json', import.meta.url)

/** Which version of Patchbay this is: package.json is the only place that says so. */
export const VERSION: string = JSON.parse(readFileSync(PACKAGE, 'utf8')).version
