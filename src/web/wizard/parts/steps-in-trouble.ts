import type {
  AuthorizationFailureCode,
  ConnectionStatus,
  SetupStatus,
  StepStatus,
} from '../../../generated/documents/graphql.js'
import type { StepOfSetup } from './step-of-setup.js'

interface SetupOfStep {
  startedAt: string
}

interface Step extends Pick<StepOfSetup, 'status'> {
  requirement: { optional: boolean }
  connection?: { connectedAt: string } | null
  authorization?: { failure?: { code: string } | null } | null
}

export interface SetupToName extends SetupOfStep {
  status: SetupStatus
  steps: readonly Step[]
}

/** What the page calls a setup. In addition to the API's words, it says what is missing if nothing is wrong. */
export type SetupWord = SetupStatus | 'NEEDS_PERMISSIONS' | 'UNAVAILABLE'

/**
 * Returns what to call a setup, so that the page's top and the plugin's card agree with its steps.
 *
 * 1. The API's word, unless that is NEEDS_ATTENTION.
 * 2. NEEDS_ATTENTION, if a step is in trouble.
 * 3. NEEDS_PERMISSIONS, if a required app only has to be asked for more.
 * 4. Otherwise UNAVAILABLE: only an administrator can help.
 */
export function wordFor(setup: SetupToName): SetupWord {
  if (setup.status !== 'NEEDS_ATTENTION' || stepsInTrouble(setup.steps, setup).length > 0) return setup.status
  const isAsking = setup.steps.some((step) => !step.requirement.optional && asksForMore(step, setup))
  return isAsking ? 'NEEDS_PERMISSIONS' : 'UNAVAILABLE'
}

/**
 * Returns the steps that the page shows in trouble. The API's own count is of required apps whose connection has a problem.
 * A person also sees optional ones, and apps that couldn't be connected. Those that only an administrator can help with
 * are not among them.
 */
export function stepsInTrouble<S extends Step>(steps: readonly S[], setup: SetupOfStep): S[] {
  return steps.filter((step) => isInTrouble(step, setup))
}

/** What an administrator has to change before another try can succeed, at the app or here. */
const ADMINISTRATORS: readonly string[] = [
  'CONNECTOR_UNAVAILABLE',
  'CLIENT_REFUSED',
  'SCOPE_REFUSED',
  'REDIRECT_URI_REFUSED',
  'ADDRESS_BLOCKED',
  'APPROVAL_PENDING',
] satisfies readonly AuthorizationFailureCode[]

export function isForAdministrator(failure: { code: string } | null | undefined): boolean {
  return failure != null && ADMINISTRATORS.includes(failure.code)
}

/** Returns whether only an administrator can help: the app isn't available, or trying again would fail again. */
export function needsAdministrator({ status, authorization }: Pick<Step, 'status' | 'authorization'>): boolean {
  if (status === 'UNAVAILABLE') return true
  return status !== 'LIVE' && status !== 'AUTHORIZING' && isForAdministrator(authorization?.failure)
}

/** Returns the required steps that the person can do something about. */
export function stepsToDo<S extends Step>(steps: readonly S[]): S[] {
  return steps.filter((step) => !step.requirement.optional && step.status !== 'LIVE' && !needsAdministrator(step))
}

function isInTrouble(step: Step, setup: SetupOfStep): boolean {
  if (needsAdministrator(step)) return false
  switch (step.status) {
    case 'MISSING_SCOPES':
      return !asksForMore(step, setup)
    case 'EXPIRED':
    case 'BROKEN':
      return true
    case 'NOT_CONNECTED':
      return step.authorization?.failure != null
    default:
      return false
  }
}

/**
 * Returns whether permissions are missing only because the app was connected before the setup was started. The plugin
 * hasn't asked for them yet, so nothing is wrong.
 */
export function asksForMore({ status, connection, authorization }: Step, { startedAt }: SetupOfStep): boolean {
  if (status !== 'MISSING_SCOPES' || !connection || authorization) return false
  return Date.parse(connection.connectedAt) < Date.parse(startedAt)
}

/** Returns whether the app is connected and hasn't granted everything, also while the person is granting it. */
export function lacksPermissions({
  status,
  connection,
}: {
  status: StepStatus
  connection?: { status: ConnectionStatus } | null
}): boolean {
  return connection?.status === 'LIVE' && status !== 'LIVE' && status !== 'UNAVAILABLE'
}
