/** A load generator: a process that the bench hands tasks over IPC, so that measuring doesn't wait for counting. */
import { call } from './callbacks.js'
import { loadOverHttp } from './http.js'
import { cut, open, states } from './subscribers.js'
import type { Reply, Task } from './tasks.js'

function perform(task: Task): unknown {
  if (task.kind === 'http') return loadOverHttp(task)
  if (task.kind === 'open') return open(task)
  if (task.kind === 'call') return call(task)
  return task.kind === 'cut' ? cut() : states()
}

const reply = (message: Reply) => process.send?.(message)

process.on('message', async (task: Task) => {
  try {
    reply({ result: await perform(task) })
  } catch (error) {
    reply({ error: String(error) })
  }
})
