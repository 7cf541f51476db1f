/** A server that responds, but isn't the one to use. The message says what to do. */
export class WrongServerError extends Error {
  override readonly name = 'WrongServerError'

  /** @param passing whether it may be the right one a moment later */
  constructor(
    message: string,
    readonly passing = false,
  ) {
    super(message)
  }
}

/** What a server says about itself. All of it is missing if the user may not ask. */
export type ServerInfo = ReadonlyMap<string, string>

/** Reads the answer to INFO. */
export function readInfo(text: string): ServerInfo {
  return new Map(
    text
      .split('\r\n')
      .map((line) => /^(\w+):(.*)$/.exec(line))
      .flatMap((match) => (match ? [[match[1] ?? '', match[2] ?? ''] as const] : [])),
  )
}

/**
 * Returns why notifications can't go through this server, or null if they can.
 *
 * 1. A Sentinel carries only messages of its own.
 * 2. A server that is loading its data doesn't answer pings.
 * 3. What is published at a replica doesn't reach its primary. In a Cluster, it does.
 *
 * @param at host and port
 * @param named whether Sentinels name it as the primary
 */
export function nodeFault(info: ServerInfo, at: string, named: boolean): WrongServerError | null {
  if (info.get('redis_mode') === 'sentinel') {
    return new WrongServerError(
      `${at} is a Sentinel, which carries no notifications. Use redis+sentinel://${at}/${primariesOf(info)[0] ?? 'mymaster'}, with all of your Sentinels, separated by commas.`,
    )
  }
  if (info.get('loading') === '1') return new WrongServerError(`Redis at ${at} is still loading its data.`, true)
  if (info.get('role') !== 'slave' || info.get('redis_mode') === 'cluster') return null
  if (named) return new WrongServerError(`the Sentinels name ${at} as the primary, but it’s a replica.`, true)
  const primary = `${info.get('master_host')}:${info.get('master_port')}`
  return new WrongServerError(
    `${at} is a replica, and what is published there doesn’t reach the other servers. Use its primary, ${primary}, or redis+sentinel:// if Sentinels watch it.`,
    true,
  )
}

/** Returns why this server can't say where the primary is, or null if it can. */
export function sentinelFault(info: ServerInfo, at: string): WrongServerError | null {
  const mode = info.get('redis_mode')
  if (mode === undefined || mode === 'sentinel') return null
  return new WrongServerError(
    `${at} is a Redis server and not a Sentinel. Use the Sentinels’ port, which is usually 26379, or redis:// instead of redis+sentinel://.`,
  )
}

export function unknownPrimary(info: ServerInfo, at: string): WrongServerError {
  const known = primariesOf(info)
  return new WrongServerError(
    `the Sentinel at ${at} doesn’t know the primary that the URL names.${known.length > 0 ? ` It knows ${known.join(', ')}.` : ''}`,
  )
}

/** Names of the primaries that a Sentinel watches. */
function primariesOf(info: ServerInfo): string[] {
  return [...info].flatMap(([key, value]) => (/^master\d+$/.test(key) ? (/^name=([^,]+)/.exec(value)?.[1] ?? []) : []))
}
