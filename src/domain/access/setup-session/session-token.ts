const TOKEN = /^pbs_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/

/** `pbs_<id>_<secret>`. */
export function formatSessionToken(id: string, secret: string): string {
  return `pbs_${id.replaceAll('-', '')}_${secret}`
}

/** The parts of a whole token; null for anything else. */
export function parseSessionToken(text: string): { id: string; secret: string } | null {
  const [, hex, secret] = TOKEN.exec(text) ?? []
  return hex && secret ? { id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), secret } : null
}
