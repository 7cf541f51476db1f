import { firstLine } from './app/first-line.js'
import { prepareEngine } from './app/prepare-engine.js'

const args = process.argv.slice(2)
const line = firstLine(args, process.env)
if (line !== null) process.stdout.write(`${line}\n`)
prepareEngine()
// Dynamic, because what a file imports statically is compiled before its first line runs.
const { serve } = await import('./app/run-server.js')
await serve(args, process.env)
