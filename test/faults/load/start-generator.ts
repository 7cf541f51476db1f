import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { Reply, Results, Task } from './tasks.js'

export interface Generator extends AsyncDisposable {
  perform<T extends Task>(task: T): Promise<Results[T['kind']]>
}

/**
 * Starts a load generator.
 * @param niceness 19 for one that only gets the processor time that nothing else wants
 */
export function startGenerator(niceness = 0): Generator {
  const program = join(inject('programs'), 'test/faults/load/generator.js')
  const child = spawn('nice', ['-n', String(niceness), process.execPath, program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  })
  if (niceness > 0) makeGroupNice(child.pid, niceness)
  const exited = once(child, 'exit')
  let last: Promise<unknown> = Promise.resolve()
  const perform = <T extends Task>(task: T) =>
    new Promise<Results[T['kind']]>((resolve, reject) => {
      const ended = () => reject(new Error('the load generator ended'))
      child.once('exit', ended)
      child.once('message', (reply: Reply) => {
        child.off('exit', ended)
        if ('error' in reply) reject(new Error(reply.error))
        else resolve(reply.result as Results[T['kind']])
      })
      child.send(task)
    })
  return {
    /** One task after another. */
    perform<T extends Task>(task: T) {
      const result = last.then(() => perform(task))
      last = result.catch(() => {})
      return result
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/**
 * Linux may schedule each session's processes as a group (sched_autogroup_enabled). Then their niceness only counts
 * within the group, which has one of its own.
 */
function makeGroupNice(pid: number | undefined, niceness: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness))
  } catch {
    // Without such groups, the process's own niceness counts.
  }
}
