/** A load generator in a process of its own, so that what it does isn't measured along with the instance. */
import { ask, flood, trickle } from './requests.js'
import { cut, open, received, untilAllHave } from './subscriptions.js'
import type { Reply, Results, Task } from './tasks.js'

let stopTrickle: (() => Results['trickle']) | undefined

function perform(task: Task): Results[Task['kind']] | Promise<Results[Task['kind']]> {
  switch (task.kind) {
    case 'open':
      return open(task.url, task.subscriptions, task.atATime, task.expectState)
    case 'await':
      return untilAllHave(task.text)
    case 'received':
      return received()
    case 'ask':
      return ask(task.url, task.operations, task.perSecond, task.seconds)
    case 'flood':
      return flood(task.url, task.operations, task.seconds, task.connections, task.sockets ?? 0, task.perSocket ?? 0)
    case 'trickle':
      stopTrickle = trickle(task.url, task.operation, task.clients, task.bytesPerSecond)
      return { closed: 0 }
    case 'cut': {
      stopTrickle?.()
      return cut()
    }
  }
}

const reply = (message: Reply) => process.send?.(message)

process.on('message', async (task: Task) => {
  try {
    reply({ result: await perform(task) })
  } catch (error) {
    reply({ error: String(error) })
  }
})
process.on('disconnect', () => process.exit())
