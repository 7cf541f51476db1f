import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import type { Contestant, Place } from '../adapters/contestant.js'
import type { Screen } from '../fixture/fixture.js'
import { type RunningServer, startServer } from '../rig/server.js'
import type { Services } from '../rig/services.js'

/** A contestant with its database, ready to be started as often as there are workloads and rounds. */
export interface Entrant {
  contestant: Contestant
  place: Place
  /** A fresh process that has given one right answer. */
  start(): Promise<RunningServer>
  close(): Promise<void>
}

export async function enter(contestant: Contestant, services: Services): Promise<Entrant> {
  const databaseUrl = await services.createDatabase(contestant.database)
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  const place: Place = {
    databaseUrl,
    pool,
    redisUrl: services.redisUrl,
    tokenUrl: services.tokenUrl,
    jwtSecret: randomBytes(32).toString('base64url'),
    encryptionKey: randomBytes(32).toString('base64'),
  }
  await contestant.prepare(place)
  return {
    contestant,
    place,
    start: () =>
      startServer({
        command: (port) => contestant.command(place, port),
        isReady: async (url) => Boolean(await askScreen({ contestant, place }, url, 1, 1)),
        logFile: join(services.folder, `${contestant.name}.log`),
      }),
    close: () => pool.end(),
  }
}

/** @throws if the server refuses or the answer is an error */
export async function askScreen(
  { contestant, place }: Pick<Entrant, 'contestant' | 'place'>,
  url: string,
  userId: number,
  pluginId: number,
): Promise<Screen> {
  const { path, headers, body } = contestant.screen(place, userId, pluginId)
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body })
  const text = await response.text()
  if (!response.ok) throw new Error(`${contestant.name}: ${response.status} ${text}`)
  return contestant.readScreen(JSON.parse(text))
}
