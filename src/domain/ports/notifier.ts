/** Notifies every subscriber whose view may have changed, so that it reads again. Never throws and never waits. */
export interface Notifier {
  notify(change: { userId: string; revision: number }): void
  notifyCatalogue(revision: number): void
}
