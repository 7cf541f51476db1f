import { fail } from './app/explained-errors.js'
import { runServer } from './app/run-server.js'

runServer(process.env).catch(fail)
