/** How serious a failure looks, next to its texts: nothing is wrong, it can be tried again, or someone may be deceiving. */
export type FailureTone = 'calm' | 'warn' | 'bad'

/** Someone may be trying to deceive the person. Everything else is a normal end, or can be tried again. */
const ALARMING = ['ISSUER_MISMATCH', 'CONFIRMED_BY_ANOTHER_USER']
/** What the person did, or has to do somewhere else. Nothing is wrong. */
const CALM = [
  'DENIED_BY_USER',
  'DEADLINE_PASSED',
  'INTERRUPTED',
  'INTERACTION_REQUIRED',
  'APPROVAL_PENDING',
  'APPROVAL_GRANTED',
  'NO_CODE_RECEIVED',
]

/** The same in the app's window and on the page behind it. */
export function failureTone(code: string): FailureTone {
  if (ALARMING.includes(code)) return 'bad'
  return CALM.includes(code) ? 'calm' : 'warn'
}
