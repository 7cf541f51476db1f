import { prepareEngine } from './app/prepare-engine.js'

prepareEngine()
// Dynamic, because what a file imports statically is compiled before its first line runs.
const { serve } = await import('./app/run-server.js')
await serve(process.argv.slice(2), process.env)
