import { createContext, useContext } from 'react'
import type { Transport } from '../client/transport.js'
import type { PageConfig } from './page-config.js'
import type { Reach } from './reach.js'

/** What every part of the wizard can use. */
export interface Wizard {
  config: PageConfig
  transport: Transport
  reach: Reach
  /** Who is signed in, in development only. */
  person: string | null
}

export const WizardContext = createContext<Wizard | null>(null)

export function useWizard(): Wizard {
  const wizard = useContext(WizardContext)
  if (!wizard) throw new Error('There is no WizardContext around this.')
  return wizard
}
