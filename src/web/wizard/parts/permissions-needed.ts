import { asksForMore, lacksPermissions, needsAdministrator, type SetupToName } from './steps-in-trouble.js'

interface Using {
  startedAt: string
  steps: readonly (Omit<SetupToName['steps'][number], 'connection'> & {
    connection?: { id: string; status: 'LIVE' | 'EXPIRED' | 'BROKEN'; connectedAt: string } | null
  })[]
}

export interface PermissionsNeeded<S> {
  /** The setups that need permissions which the connection doesn't have. */
  lacking: S[]
  /** Whether the person has left some of them out. Otherwise no one has asked for them yet, and nothing is wrong. */
  areWithheld: boolean
  /** Whether the person is granting them, here or elsewhere. */
  areBeingGranted: boolean
  /** Whether granting them would fail again, until an administrator has changed something. */
  needAdministrator: boolean
}

/** Returns which permissions a connection lacks for the setups that use it. */
export function permissionsNeeded<S extends Using>(setups: readonly S[], connectionId: string): PermissionsNeeded<S> {
  const stepsOf = (setup: S) =>
    setup.steps.filter((step) => step.connection?.id === connectionId && lacksPermissions(step))
  const lacking = setups.filter((setup) => stepsOf(setup).length > 0)
  const steps = lacking.flatMap((setup) => stepsOf(setup).map((step) => ({ setup, step })))
  return {
    lacking,
    areWithheld: steps.some(({ setup, step }) => step.status === 'MISSING_SCOPES' && !asksForMore(step, setup)),
    areBeingGranted: steps.some(({ step }) => step.status === 'AUTHORIZING'),
    needAdministrator: steps.length > 0 && steps.every(({ step }) => needsAdministrator(step)),
  }
}
