/** How a file refers to a variable of the environment. */
export function referenceTo(variable: string): string {
  return `\${${variable}}`
}
