import type { SetupScreenSetupFragment } from '../../../generated/documents/graphql.js'

/** A step with the fields that the setup's page queries. */
export type StepOfSetup = SetupScreenSetupFragment['steps'][number]
