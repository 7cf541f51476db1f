import './errors.js'
import './plugin.js'
import './connector.js'
import './connected-account.js'
import './plugin-setup.js'
import './skill-copy.js'
import './viewer.js'
import './authorization.js'
import './operator.js'
import './node.js'
import './live.js'
import { builder } from './builder.js'

export const schema = builder.toSchema()
