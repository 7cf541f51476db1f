import { ConfigurationError } from '../config/configuration-error.js'
import { DatabaseError } from '../database/database.js'
import { FolderLockedError } from '../database/lock.js'
import { MigrationError } from '../database/migrate.js'
import { DomainError } from '../domain/errors.js'
import { VaultError } from '../domain/ports/vault.js'
import { ListenError } from '../http/server/bind.js'
import { BusError } from '../live/bus.js'

const EXPLAINED = [
  ConfigurationError,
  DatabaseError,
  FolderLockedError,
  MigrationError,
  BusError,
  ListenError,
  DomainError,
  VaultError,
]

/** Ends the process. Prints only the message of errors that a person can fix, and the stack of all others. */
export function fail(error: unknown): never {
  const explained = EXPLAINED.some((type) => error instanceof type)
  process.stderr.write(`${explained ? (error as Error).message : ((error as Error).stack ?? error)}\n`)
  process.exit(1)
}
