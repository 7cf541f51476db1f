import type { AppState } from './app-state.js'
import type { MintedGrant, MintRequest } from './mint.js'

/** One app and everything the control API needs to show and script it. */
export interface ControlledApp {
  issuer: string
  signInUrl: string
  state: AppState
  mint: (request: MintRequest) => Promise<MintedGrant[]>
}
