import type { PageConfig } from './page-config.js'

const KEPT_AS = 'patchbay:person'
const PARAMETER = 'as'

/** In development: whom this tab shows, as its address says (`?as=ben`), or as it said before. Null elsewhere. */
export function personOf({ people }: PageConfig): string | null {
  if (!people) return null
  const address = new URL(location.href)
  const asked = address.searchParams.get(PARAMETER) ?? sessionStorage.getItem(KEPT_AS)
  const person = people.find(({ id }) => id === asked) ?? people[0]
  if (address.searchParams.has(PARAMETER)) {
    address.searchParams.delete(PARAMETER)
    history.replaceState(history.state, '', address)
  }
  if (!person) return null
  sessionStorage.setItem(KEPT_AS, person.id)
  return person.id
}

/** Shows this tab to somebody else, from the start. */
export function becomePerson(id: string): void {
  sessionStorage.setItem(KEPT_AS, id)
  location.assign('/')
}
