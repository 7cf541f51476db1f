const UNRELEASED = '## Unreleased\n'
const NEXT = /^## /m

/** Returns schema/CHANGELOG.md with another section about what isn't released. */
export function withUnreleased(page: string, section: string): string {
  const { before, after } = parts(page)
  return `${before}${UNRELEASED}\n${section}${section === '' ? '' : '\n'}${after}`
}

/** Returns it after a release: the same section has the version's heading. */
export function withRelease(page: string, section: string, version: string, day: string): string {
  const { before, after } = parts(page)
  const text = section === '' ? 'Nothing changed.\n' : section
  return `${before}${UNRELEASED}\n## ${version} - ${day}\n\n${text}\n${after}`
}

/** Returns the lines of a section that the page's section about what isn't released doesn't have. */
export function missingEntries(page: string, section: string): string[] {
  const { unreleased } = parts(page)
  return section.split('\n').filter((line) => line.startsWith('- ') && !unreleased.split('\n').includes(line))
}

function parts(page: string): { before: string; unreleased: string; after: string } {
  const start = page.indexOf(UNRELEASED)
  if (start < 0) throw new Error('schema/CHANGELOG.md must have the heading ## Unreleased.')
  const rest = page.slice(start + UNRELEASED.length)
  const end = NEXT.exec(rest)?.index ?? rest.length
  return { before: page.slice(0, start), unreleased: rest.slice(0, end), after: rest.slice(end) }
}
