import type { PageConfig } from './page-config.js'

const KEPT_AS = 'patchbay:person'
const PARAMETER = 'as'

/**
 * In development, returns the person this tab is signed in as: the one in its address (`?as=ben`), or the previous one.
 * Otherwise null.
 */
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

/** Signs this tab in as another person, and reloads it from the start page. */
export function becomePerson(id: string): void {
  sessionStorage.setItem(KEPT_AS, id)
  location.assign('/')
}
