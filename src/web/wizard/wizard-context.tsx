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
  /** The authorization that the browser came back from, until a page has shown it. */
  returned: { authorizationId: string | null }
  /** Where the browser goes after consent if it has to leave this page. Null for this page. */
  returnTo: string | null
  /** What pages showed last, for when the server can't be reached. */
  kept: Map<string, unknown>
}

export const WizardContext = createContext<Wizard | null>(null)

export function useWizard(): Wizard {
  const wizard = useContext(WizardContext)
  if (!wizard) throw new Error('There is no WizardContext around this.')
  return wizard
}
