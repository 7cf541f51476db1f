import type { GraphQLResolveInfo, SelectionSetNode } from 'graphql'

/** Returns whether one of these fields is selected, at any depth below the field that is being resolved. */
export function selectsField({ fieldNodes, fragments }: GraphQLResolveInfo, names: readonly string[]): boolean {
  const visited = new Set<string>()
  function within(set: SelectionSetNode | undefined): boolean {
    return (set?.selections ?? []).some((selection) => {
      if (selection.kind === 'Field') return names.includes(selection.name.value) || within(selection.selectionSet)
      if (selection.kind === 'InlineFragment') return within(selection.selectionSet)
      const name = selection.name.value
      if (visited.has(name)) return false
      visited.add(name)
      return within(fragments[name]?.selectionSet)
    })
  }
  return fieldNodes.some(({ selectionSet }) => within(selectionSet))
}
