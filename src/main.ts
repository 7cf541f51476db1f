import { fail } from './app/explained-errors.js'
import { runServer } from './app/run-server.js'

runServer(process.argv.slice(2), process.env).catch(fail)
