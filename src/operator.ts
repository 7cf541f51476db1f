import { prepareEngine } from './app/prepare-engine.js'

prepareEngine()
// Dynamic, because what a file imports statically is compiled before its first line runs.
const { operate } = await import('./operator/run-operator.js')
await operate(process.argv.slice(2), process.env)
