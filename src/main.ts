import { prepareEngine } from './app/prepare-engine.js'

const args = process.argv.slice(2)
prepareEngine()
// Dynamic, because what a file imports statically is compiled before its first line runs.
const { firstLine, readEarly } = await import('./app/first-line.js')
const config = readEarly(args, process.env)
const line = firstLine(config)
if (line !== null) process.stdout.write(`${line}\n`)
// Takes much longer than reading the environment.
const { serve } = await import('./app/run-server.js')
await serve(args, process.env, config)
