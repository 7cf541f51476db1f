import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Reply, Results, Task } from '../load/tasks.js'

export interface Generator {
  perform<T extends Task>(task: T): Promise<Results[T['kind']]>
  stop(): void
}

const FILE = fileURLToPath(new URL('../load/generator.ts', import.meta.url))

export function startGenerator(): Generator {
  const child = fork(FILE, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  return {
    perform: <T extends Task>(task: T) =>
      new Promise<Results[T['kind']]>((resolve, reject) => {
        const ended = () => reject(new Error('the load generator ended'))
        child.once('exit', ended)
        child.once('message', (reply: Reply) => {
          child.off('exit', ended)
          if ('error' in reply) reject(new Error(reply.error))
          else resolve(reply.result as Results[T['kind']])
        })
        child.send(task)
      }),
    stop: () => void child.kill('SIGKILL'),
  }
}
