/** Tells every subscriber whose view may have changed to read again. Never throws, never waits. */
export interface Notifier {
  notify(change: { userId: string; revision: number }): void
  notifyCatalogue(revision: number): void
}
