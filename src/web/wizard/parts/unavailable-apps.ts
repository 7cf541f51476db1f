interface Requirement {
  optional: boolean
  connector: { name: string; available: boolean }
}

/** Returns the names of the apps that can't be connected yet, because an administrator hasn't set them up. */
export function unavailableApps(requirements: readonly Requirement[]): string[] {
  return requirements.filter(({ connector }) => !connector.available).map(({ connector }) => connector.name)
}

/** Returns those that keep the person from finishing a setup. */
export function blockingApps(requirements: readonly Requirement[]): string[] {
  return unavailableApps(requirements.filter(({ optional }) => !optional))
}
