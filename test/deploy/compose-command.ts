import { execFile } from 'node:child_process'
import { isOnPath, type Requirement } from '../support/requirement.js'

export const DOCKER_COMPOSE: Requirement = {
  tag: 'docker-compose',
  isThere: async () => (await findCompose()) !== undefined,
  absence: "Docker Compose wasn't found: neither `docker compose` nor `docker-compose` works.",
  package: 'docker-compose',
}

/** The command that runs Docker Compose: a plugin of docker, or a separate program. */
export async function findCompose(): Promise<string | undefined> {
  if (await works('docker', ['compose', 'version'])) return 'docker compose'
  return (await isOnPath('docker-compose')) ? 'docker-compose' : undefined
}

function works(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => execFile(command, args, (error) => resolve(error === null)))
}
