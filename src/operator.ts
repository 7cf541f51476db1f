import { fail } from './app/explained-errors.js'
import { runOperator } from './operator/run-operator.js'

runOperator(process.argv.slice(2), process.env).then((code) => process.exit(code), fail)
