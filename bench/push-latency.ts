/**
 * Measures the time from a received callback to the message at the subscriber, over real sockets, in both modes. In the
 * same run, it measures the floor: a handwritten server that does the same exchange. `npm run bench` runs it in full,
 * and `npm run bench -- --smoke` takes seconds.
 */
import WebSocket from 'ws'
import { type Installation, type Places, startEmbedded, startService } from './installations.js'
import { measure, newPerson, publish } from './people.js'
import { percentile } from './processes.js'
import { startStubApp } from './stub-app.js'

const smoke = process.argv.includes('--smoke')
const SIZES = smoke ? [1, 20] : [1, 1_000]
const SAMPLES = smoke ? 20 : 300

async function measureFloor({ commitAt, watchAt }: Places, sockets: number): Promise<number[]> {
  const screens = await Promise.all(
    Array.from({ length: sockets }, async (_, index) => {
      const socket = new WebSocket(`${watchAt.replace('http', 'ws')}/?user=${index}`)
      await new Promise((resolve) => socket.once('open', resolve))
      return socket
    }),
  )
  const samples: number[] = []
  for (let sample = 0; sample < SAMPLES; sample++) {
    const user = sample % sockets
    const arrived = new Promise<number>((resolve) => screens[user]?.once('message', () => resolve(performance.now())))
    const sent = performance.now()
    const callback = fetch(`${commitAt}/callback?user=${user}`, { redirect: 'manual' })
    samples.push((await arrived) - sent)
    await callback
  }
  for (const socket of screens) socket.terminate()
  return samples
}

async function measurePatchbay(places: Places, sockets: number): Promise<number[]> {
  const people: Awaited<ReturnType<typeof newPerson>>[] = []
  for (let count = 0; count < sockets; count++) people.push(await newPerson(places))
  const samples: number[] = []
  for (let sample = 0; sample < SAMPLES; sample++) {
    const person = people[sample % sockets]
    if (person) samples.push(await measure(places, person))
  }
  for (const person of people) person.close()
  return samples
}

function row(name: string, sockets: number, samples: number[], base: number[]): Record<string, string | number> {
  const ms = (share: number) => percentile(samples, share)
  return {
    what: name,
    subscribers: sockets,
    samples: samples.length,
    'p50 ms': ms(0.5).toFixed(1),
    'p99 ms': ms(0.99).toFixed(1),
    'p50 / floor': (ms(0.5) / percentile(base, 0.5)).toFixed(2),
    'p99 / floor': (ms(0.99) / percentile(base, 0.99)).toFixed(2),
  }
}

async function run(start: (app: string) => Promise<Installation>): Promise<void> {
  const app = await startStubApp()
  const { mode, patchbay, floor, stop } = await start(app.url)
  try {
    await publish(patchbay.commitAt, app.url)
    const rows = []
    for (const sockets of SIZES) {
      const base = await measureFloor(floor, sockets)
      rows.push(row('floor', sockets, base, base))
      rows.push(row('Patchbay', sockets, await measurePatchbay(patchbay, sockets), base))
    }
    console.log(`callback sent → SUCCEEDED at the subscriber, ${mode}, Node ${process.version}`)
    console.table(rows)
  } finally {
    await stop()
    app.close()
  }
}

await run(startEmbedded)
await run(startService)
process.exit(0)
