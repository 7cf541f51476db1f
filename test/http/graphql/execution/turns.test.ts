import { buildSchema, getOperationAST, parse } from 'graphql'
import { expect, test } from 'vitest'
import { createExecutor } from '../../../../src/http/graphql/execution/executor.js'
import { Turns } from '../../../../src/http/graphql/execution/turns.js'

const schema = buildSchema('type Query { rows: [Row!]! } type Row { cells: [Int!]! }')
const document = parse('{ rows { cells } }')
const ROWS = 20
const CELLS = 100

/** Executes a response of 2,000 cells for each caller, 500 values in a turn, and notes what happens in which order. */
function executing() {
  const steps: string[] = []
  const execute = createExecutor(schema, { turns: new Turns(undefined, 500), callerOf: (caller) => String(caller) })
  const operation = getOperationAST(document)
  if (!operation) throw new Error('there is no operation')
  const send = async (caller: string, rows = ROWS) => {
    const row = { cells: Array.from({ length: CELLS }, (_, index) => index) }
    const rootValue = {
      *rows() {
        for (let index = 0; index < rows; index++) {
          steps.push(caller)
          yield row
        }
      },
    }
    const source = { rows: rootValue.rows() }
    return execute({ document, operation, rootValue: source, contextValue: caller, variableValues: {} })
  }
  return { steps, send }
}

/** Notes each turn of the event loop until it is told to stop. */
function watchTurns(steps: string[]): () => void {
  let isOver = false
  const next = () => {
    if (isOver) return
    steps.push('turn')
    setImmediate(next)
  }
  setImmediate(next)
  return () => {
    isOver = true
  }
}

/** The most rows between two turns of the event loop. */
const mostAtOnce = (steps: readonly string[]) =>
  Math.max(
    ...steps
      .join(' ')
      .split('turn')
      .map((part) => part.trim().split(' ').filter(Boolean).length),
  )

test('G22: a large response is executed in several turns of the event loop, and is complete', async () => {
  const { steps, send } = executing()
  const stop = watchTurns(steps)
  const result = await send('ada')
  stop()
  expect(result).toEqual({ data: { rows: Array(ROWS).fill({ cells: Array.from({ length: CELLS }, (_, i) => i) }) } })
  expect(mostAtOnce(steps)).toBeLessThanOrEqual(6)
})

test('G22: many large responses of one caller take no more of a turn than one', async () => {
  const { steps, send } = executing()
  const stop = watchTurns(steps)
  await Promise.all(Array.from({ length: 8 }, () => send('ada')))
  stop()
  // Each of the eight starts with one row.
  expect(mostAtOnce(steps)).toBeLessThanOrEqual(8 + 6)
})

test('G22: callers take turns, no matter how many large responses each of them waits for', async () => {
  const { steps, send } = executing()
  const many = Array.from({ length: 8 }, () => send('ada'))
  await send('ben')
  const before = steps.filter((step) => step === 'ada').length
  await Promise.all(many)
  expect(steps.filter((step) => step === 'ada')).toHaveLength(8 * ROWS)
  expect(before).toBeLessThan(4 * ROWS)
})

test('G22: a small response isn’t interrupted while another caller’s large ones wait', async () => {
  const { steps, send } = executing()
  const large = Promise.all([send('ada'), send('ada')])
  steps.length = 0
  const stop = watchTurns(steps)
  await send('ben', 2)
  expect(steps).toEqual(['ben', 'ben'])
  stop()
  await large
})

test('G22: a caller counts as one with large responses once one of them has paused', async () => {
  const turns = new Turns()
  const turn = turns.of('ada')
  expect(turn.spend(1_999)).toBe(false)
  expect(turns.hasLarge('ada')).toBe(false)
  expect(turn.spend(1)).toBe(true)
  await turn.next()
  expect([turns.hasLarge('ada'), turns.hasLarge('ben')]).toEqual([true, false])
  expect(turn.spend(1)).toBe(false)
})

test('what fails during a pause fails the response, and nothing else', async () => {
  const failing = buildSchema('type Query { rows: [Row!] } type Row { cells: [Int!]! bad: Int! }')
  const execute = createExecutor(failing, { turns: new Turns(undefined, 50) })
  const text = parse('{ rows { bad cells } }')
  const operation = getOperationAST(text)
  if (!operation) throw new Error('there is no operation')
  const row = { cells: Array(100).fill(1), bad: () => Promise.reject(new Error('out of order')) }
  const result = await execute({
    document: text,
    operation,
    rootValue: { rows: [row, row, row] },
    contextValue: {},
    variableValues: {},
  })
  expect(result).toMatchObject({ data: { rows: null }, errors: [{ message: 'out of order' }] })
})
