import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a pass opens: the pages of Patchbay, those of the sandbox, or the way from one to the other. */
type PassPurpose = 'pages' | 'sandbox' | 'ticket'

/** Signed statements that someone may enter, until a time. No one else can make them, and they say nothing about anyone. */
export interface Passes {
  issue(purpose: PassPurpose, until: Date): string
  isValid(purpose: PassPurpose, pass: string | undefined): boolean
}

const FORM = /^(\d{1,15})\.([\w-]{43})$/

/** @param keys the first one signs, all of them count */
export function createPasses(keys: readonly Buffer[]): Passes {
  const signature = (key: Buffer, purpose: PassPurpose, until: string) =>
    createHmac('sha256', key).update(`${purpose}\0${until}`).digest()
  return {
    issue(purpose, until) {
      const [key] = keys
      if (!key) throw new Error('there is no key to sign passes with')
      const time = String(until.getTime())
      return `${time}.${signature(key, purpose, time).toString('base64url')}`
    },
    isValid(purpose, pass = '') {
      const [, until = '', given = ''] = FORM.exec(pass) ?? []
      const bytes = Buffer.from(given, 'base64url')
      const isSigned = keys
        .map((key) => signature(key, purpose, until))
        .some((expected) => expected.length === bytes.length && timingSafeEqual(expected, bytes))
      return isSigned && Number(until) > Date.now()
    },
  }
}
