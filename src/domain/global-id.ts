/** Ids that are unique across all types (Relay's Global Object Identification): base64 of `type:id`. */
export function globalId(typename: string, id: string): string {
  return Buffer.from(`${typename}:${id}`).toString('base64')
}

export function parseGlobalId(text: string): { typename: string; id: string } | null {
  const [typename, id, ...rest] = Buffer.from(text, 'base64').toString('utf8').split(':')
  return typename && id && rest.length === 0 ? { typename, id } : null
}
