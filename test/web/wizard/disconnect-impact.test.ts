import { expect, test } from 'vitest'
import { impactOf } from '../../../src/web/wizard/parts/disconnect-impact.js'
import { de } from '../../../src/web/wizard/texts/de.js'
import { en } from '../../../src/web/wizard/texts/en.js'
import { es } from '../../../src/web/wizard/texts/es.js'

const mail = { id: 'connection 1', connector: { id: 'mail' } }
const skill = (name: string, ...apps: string[]) => ({
  name,
  requirements: apps.map((id) => ({ connector: { id } })),
})
const using = (optional: boolean, ready: string[]) => ({
  steps: [
    { requirement: { optional }, connection: { id: mail.id } },
    { requirement: { optional: !optional }, connection: { id: 'connection 2' } },
    { requirement: { optional: !optional }, connection: null },
  ],
  skills: ['Send', 'Find', 'Remind'].map((name) => ({ name, ready: ready.includes(name) })),
  plugin: { skills: [skill('Send', 'mail'), skill('Find', 'mail', 'chat'), skill('Remind', 'chat')] },
})

test('disconnecting stops the skills that use the app and work now', () => {
  expect(impactOf(using(false, ['Send', 'Remind']), mail)).toEqual({ isRequired: true, stopping: ['Send'] })
  expect(impactOf(using(false, []), mail)).toEqual({ isRequired: true, stopping: [] })
})

test('a plugin works without an optional app', () => {
  expect(impactOf(using(true, ['Find']), mail)).toEqual({ isRequired: false, stopping: ['Find'] })
})

test.each([en, de, es])(
  'in the language “$language”, the sentence before the skills that stop counts them',
  (texts) => {
    const { impactSkills, impactOptionalSkills } = texts.connections
    for (const sentence of [impactSkills, impactOptionalSkills]) {
      expect(sentence('Inbox Helper', 2)).toBe(sentence('Inbox Helper', 3))
      expect(sentence('Inbox Helper', 2)).not.toBe(sentence('Inbox Helper', 1))
    }
  },
)
