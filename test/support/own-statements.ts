/** The server's own statements, of scheduled jobs and the sweep. */
const ITS_OWN = [
  /FROM "Authorization"\s+WHERE \(status IN/,
  /FROM "Connection"\s+WHERE status = 'LIVE'/,
  /SELECT DISTINCT "userId"/,
  /SELECT DISTINCT k\."providerKey"/,
  /UPDATE "Connection" SET "verifyDueAt"/,
  /DELETE FROM "Activity"/,
  /FROM "Revocation"/,
  /FROM "WebhookEndpoint"/,
  /FROM "WebhookDelivery"/,
  /DELETE FROM "SetupSession"/,
  /DELETE FROM "IdempotencyRecord" WHERE id IN/,
  /UPDATE "ApiKey"/,
  /unnest/,
  /^SELECT revision FROM "Catalogue"/,
]
/** Leaves out the server's own. */
export function ofRequests(statements: readonly string[]): string[] {
  return statements.filter((sql) => !ITS_OWN.some((own) => own.test(sql)))
}
