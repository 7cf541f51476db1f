import { showErrorLines } from './error-lines.js'

showErrorLines()
