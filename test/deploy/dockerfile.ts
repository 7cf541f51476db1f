import { readFile } from 'node:fs/promises'

export const REPOSITORY = new URL('../../', import.meta.url).pathname

export interface Instruction {
  keyword: string
  /** The options before the rest: `--name=value`. */
  flags: Record<string, string>
  rest: string
}

export function readDockerfile(): Promise<string> {
  return readFile(`${REPOSITORY}Dockerfile`, 'utf8')
}

/** Returns the Dockerfile's instructions in order, with continued lines joined. */
export function instructionsOf(dockerfile: string): Instruction[] {
  const lines = dockerfile
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll('\\\n', ' ')
    .split('\n')
  return lines.flatMap((line) => {
    const [, keyword, flags = '', rest = ''] = line.match(/^(\S+)\s+((?:--\S+\s+)*)(.*)$/) ?? []
    if (!keyword) return []
    const pairs = [...flags.matchAll(/--([^=\s]+)=(\S+)/g)].map(([, name, value]) => [name, value])
    return [{ keyword, flags: Object.fromEntries(pairs), rest }]
  })
}

/** Returns the command of an instruction in exec form. */
export function commandOf({ rest }: Instruction): string[] {
  return JSON.parse(rest.slice(rest.indexOf('[')))
}
