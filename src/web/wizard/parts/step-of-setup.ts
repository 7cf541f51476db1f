import type { SetupScreenSetupFragment } from '../../../generated/documents/graphql.js'

/** A step as the setup's page asks for it. */
export type StepOfSetup = SetupScreenSetupFragment['steps'][number]
