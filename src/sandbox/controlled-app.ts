import type { AppState } from './app-state.js'
import type { MintedGrant, MintRequest } from './mint.js'

/** One app with what scripts it, as the control API shows it. */
export interface ControlledApp {
  issuer: string
  signInUrl: string
  state: AppState
  mint: (request: MintRequest) => Promise<MintedGrant[]>
}
