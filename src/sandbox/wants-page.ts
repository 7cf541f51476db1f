/** Returns whether a request is for a person: browsers accept HTML, and programs don't ask for it. */
export function wantsPage(accept: string | undefined): boolean {
  return accept?.includes('text/html') === true
}
