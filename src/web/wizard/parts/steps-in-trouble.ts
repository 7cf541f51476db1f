import type {
  AuthorizationFailureCode,
  AuthorizationStatus,
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
  connection?: { status: ConnectionStatus; connectedAt: string } | null
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
 * 1. READY, if the API says so. The plugin works, also if an optional app doesn't.
 * 2. NEEDS_ATTENTION, if the connection of an optional app is in trouble. The API's word is only about required ones.
 * 3. Otherwise the API's word, unless that is NEEDS_ATTENTION.
 * 4. NEEDS_ATTENTION, if a step is in trouble.
 * 5. NEEDS_PERMISSIONS, if a required app only has to be asked for more.
 * 6. Otherwise UNAVAILABLE: only an administrator can help.
 */
export function wordFor(setup: SetupToName): SetupWord {
  if (setup.status === 'READY') return 'READY'
  const inTrouble = stepsInTrouble(setup.steps, setup)
  if (inTrouble.some(({ requirement }) => requirement.optional)) return 'NEEDS_ATTENTION'
  if (setup.status !== 'NEEDS_ATTENTION' || inTrouble.length > 0) return setup.status
  const isAsking = setup.steps.some((step) => !step.requirement.optional && asksForMore(step, setup))
  return isAsking ? 'NEEDS_PERMISSIONS' : 'UNAVAILABLE'
}

/**
 * Returns the steps that the page shows in trouble. The API's own count is of required apps whose connection has a problem.
 * A person also sees optional ones, and required apps that couldn't be connected. Those that only an administrator can help
 * with are not among them.
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

/** Returns what the person has to do: required steps that they can do something about, then optional ones in trouble. */
export function stepsToDo<S extends Step>({ steps, startedAt }: SetupOfStep & { steps: readonly S[] }): S[] {
  const required = steps.filter((step) => !step.requirement.optional)
  const optional = steps.filter((step) => step.requirement.optional)
  return [
    ...required.filter((step) => step.status !== 'LIVE' && !needsAdministrator(step)),
    ...stepsInTrouble(optional, { startedAt }),
  ]
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
      return !step.requirement.optional && step.authorization?.failure != null
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

interface ConnectingStep {
  status: StepStatus
  authorization?: { status: AuthorizationStatus; connectionToRepair?: { id: string } | null } | null
}

/**
 * Returns whether the person is connecting the step's app. A step that's live stays so while another account is connected.
 * If the connection that it uses is being repaired, that is for another plugin, because here nothing is missing.
 */
export function isBeingConnected({ status, authorization }: ConnectingStep): boolean {
  if (!authorization || (status === 'LIVE' && authorization.connectionToRepair)) return false
  return OPEN.includes(authorization.status)
}

const OPEN: readonly AuthorizationStatus[] = [
  'PENDING',
  'OPENED',
  'AWAITING_CONFIRMATION',
  'AWAITING_CHOICE',
  'EXCHANGING',
]

interface RepairedStep {
  status: StepStatus
  connection?: { status: ConnectionStatus } | null
}

/** What the person does about an app that is connected, and doesn't do all that a plugin needs. */
export type Repair = 'reconnect' | 'grant'

/** Returns what the person does about the step's connection, also while they are doing it. Null if it needs no repair. */
export function repairOf({ status, connection }: RepairedStep): Repair | null {
  if (!connection || status === 'LIVE' || status === 'UNAVAILABLE') return null
  return repairOfConnection(connection)
}

/** Returns what the person does about a connection that doesn't do all that is needed. */
export function repairOfConnection({ status }: { status: ConnectionStatus }): Repair {
  return status === 'LIVE' ? 'grant' : 'reconnect'
}

/** Returns what the person does about an app that a setup's skill waits for. Null if it isn't connected. */
export function repairOfApp(
  app: { id: string },
  steps: readonly (RepairedStep & { connector: { id: string } })[],
): Repair | null {
  const step = steps.find(({ connector }) => connector.id === app.id)
  return step ? repairOf(step) : null
}

/** Returns whether the app is connected and hasn't granted everything, also while the person is granting it. */
export function lacksPermissions(step: RepairedStep): boolean {
  return repairOf(step) === 'grant'
}
