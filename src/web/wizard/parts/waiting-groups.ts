interface WaitingGroups<A> {
  /** Connected apps that lack only permissions. */
  lacking: A[]
  /** All others. */
  waiting: A[]
}

/**
 * Separates the apps that a skill waits for by what it waits for. The page shows those to connect first, as words and as
 * pictures.
 */
export function waitingGroups<A>(apps: readonly A[], lacksPermissions: (app: A) => boolean): WaitingGroups<A> {
  const lacking = apps.filter(lacksPermissions)
  return { waiting: apps.filter((app) => !lacking.includes(app)), lacking }
}
