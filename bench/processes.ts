import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Starts a file as a process and waits for a line of its output.
 * @param flags for Node; by default, those that let it run TypeScript
 */
export async function startProcess(
  file: string,
  args: string[],
  env: Record<string, string>,
  ready: RegExp,
  flags: readonly string[] = ['--import', 'tsx'],
): Promise<{ child: ChildProcess; match: RegExpMatchArray }> {
  const child = spawn(process.execPath, [...flags, file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  const match = await new Promise<RegExpMatchArray>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      output += chunk
      const found = output.match(ready)
      if (found) resolve(found)
    })
    child.once('exit', () => reject(new Error(`${file} ended before it was ready:\n${output}`)))
  })
  return { child, match }
}

export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
