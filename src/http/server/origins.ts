/** Returns whether a page may call the API. Requests without an Origin don't come from pages. */
export function createOriginCheck(
  publicUrl: string,
  corsOrigins: readonly string[],
): (origin: string | null | undefined) => boolean {
  const allowed = new Set([publicUrl, ...corsOrigins])
  return (origin) => origin == null || allowed.has(origin)
}
